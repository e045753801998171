//! Where a network runs.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The processor, or a graphics card. rust-bert's own default takes a card where it finds one; here it
/// is the processor unless asked otherwise, so that the same command gives the same rows everywhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Device {
    /// `cpu`.
    #[default]
    Cpu,
    /// `cuda:0`, the number counting cards.
    Cuda(usize),
}

impl Device {
    /// The device as libtorch knows it.
    ///
    /// # Errors
    /// Where libtorch sees no such card.
    pub fn open(self) -> Result<tch::Device, String> {
        let Self::Cuda(card) = self else { return Ok(tch::Device::Cpu) };
        let cards = usize::try_from(tch::Cuda::device_count()).unwrap_or(0);
        if card < cards {
            return Ok(tch::Device::Cuda(card));
        }
        Err(match cards {
            0 => format!(
                "expected the card {self}, libtorch sees none; use \"cpu\", or build with LIBTORCH set \
                 to a libtorch with CUDA"
            ),
            _ => format!("expected a card up to cuda:{}, found {self}", cards - 1),
        })
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(card) => write!(f, "cuda:{card}"),
        }
    }
}

impl FromStr for Device {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            _ => text
                .strip_prefix("cuda:")
                .and_then(|card| card.parse().ok())
                .map(Self::Cuda)
                .ok_or_else(|| format!("expected \"cpu\" or \"cuda:0\", found \"{text}\"")),
        }
    }
}

impl TryFrom<String> for Device {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Device> for String {
    fn from(device: Device) -> Self {
        device.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Device;

    #[test]
    fn names_of_devices() {
        assert_eq!("cpu".parse(), Ok(Device::Cpu));
        assert_eq!("cuda:1".parse(), Ok(Device::Cuda(1)));
        assert_eq!(Device::Cuda(1).to_string(), "cuda:1");
        let error = "gpu".parse::<Device>().unwrap_err();
        assert_eq!(error, "expected \"cpu\" or \"cuda:0\", found \"gpu\"");
    }

    #[test]
    fn the_processor_is_the_default_whatever_cards_there_are() {
        assert_eq!(Device::default().open(), Ok(tch::Device::Cpu));
    }

    #[test]
    fn a_card_that_is_not_there_is_told() {
        let error = Device::Cuda(64).open().unwrap_err();
        assert!(error.contains("cuda:64"), "{error}");
    }
}
