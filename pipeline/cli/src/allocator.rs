//! The allocator of the C library, set up for memory that follows the unit in work.

/// Bytes from which an allocation is given back to the system as soon as it is freed.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const MMAP_THRESHOLD: i32 = 64 << 10;

/// Keeps the resident memory of a long run level. By default glibc keeps up to eight arenas a core,
/// of which each holds what its threads have freed, and raises its threshold for giving memory back
/// with every large piece that it sees; the columns of a unit are such pieces. An arena a core and a
/// threshold that stays take some 5 % more CPU and a sixth of the memory away (`postil bench memory`).
/// Without effect with another allocator.
pub fn set_up() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        set(libc::M_ARENA_MAX, i32::try_from(cores).unwrap_or(i32::MAX));
        set(libc::M_MMAP_THRESHOLD, MMAP_THRESHOLD);
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)] // the C library has no other way
fn set(parameter: libc::c_int, value: libc::c_int) {
    // SAFETY: `mallopt` takes two numbers and may be called at any time, from any thread; a parameter
    // that it does not know is passed over.
    unsafe {
        libc::mallopt(parameter, value);
    }
}
