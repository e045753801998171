//! A batch that can be trusted: the real binary, killed, starved, interrupted and crowded, leaves the
//! same tables behind as one that was left in peace.

mod crash;
mod desk;
mod determinism;
mod life;
mod upkeep;
