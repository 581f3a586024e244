//! Where MCUs stand between restart markers, and how decoding goes on after damage (T.81, B.2.1 and E.2.4).

use super::bits::Bits;
use crate::error::{Error, Kind, Result};

/// What is to be done with some MCUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Decode,
    /// The same, the first of them after a restart marker.
    Restart,
    /// They are lost.
    Skip,
}

/// The MCUs of a scan, counted.
pub struct Intervals {
    /// MCUs between two markers; 0 = there are none.
    len: usize,
    /// MCUs before the one that comes next.
    at: usize,
    /// The first MCU after the next marker.
    boundary: usize,
    /// MCUs before this one are lost.
    resume: usize,
    /// Whether damage is borne.
    recover: bool,
    /// The first damage that was borne.
    pub damage: Option<Error>,
}

impl Intervals {
    pub fn new(len: usize, recover: bool) -> Self {
        Self::from(0, len, recover)
    }

    /// Those from an MCU on that is the first one or follows a restart marker.
    pub fn from(at: usize, len: usize, recover: bool) -> Self {
        let boundary = if len == 0 { usize::MAX } else { at.saturating_add(len) };
        Self { len, at, boundary, resume: 0, recover, damage: None }
    }

    /// Goes on to the next MCUs, past the marker before them: what is to be done with them, and how many they are, `most` at
    /// the most. Fails where nothing of the scan can be had any more.
    pub fn next(&mut self, most: usize, bits: &mut Bits) -> Result<(Next, usize)> {
        let at = self.at;
        let mut next = if at < self.resume { Next::Skip } else { Next::Decode };
        if at == self.boundary {
            next = self.pass(at, bits)?;
        }
        let count = most.min(self.boundary - at);
        self.at += count;
        Ok((next, count))
    }

    fn pass(&mut self, at: usize, bits: &mut Bits) -> Result<Next> {
        self.boundary += self.len;
        if at < self.resume {
            return Ok(Next::Skip);
        }
        // The marker before the MCU that decoding goes on with was found already.
        if self.resume < at || self.damage.is_none() {
            bits.restart().or_else(|error| self.fail(error, bits))?;
        }
        Ok(if at < self.resume { Next::Skip } else { Next::Restart })
    }

    /// Bears damage to an MCU of those that were next, and the loss of the others, where there is a restart marker to go on from.
    #[cold]
    pub fn fail(&mut self, error: Error, bits: &mut Bits) -> Result<()> {
        if self.recover
            && self.len > 0
            && error.kind() == Kind::Damaged
            && let Some(interval) = bits.find_restart()?
        {
            self.resume = interval.saturating_mul(self.len);
            self.damage.get_or_insert(error);
            return Ok(());
        }
        Err(self.damage.take().unwrap_or(error))
    }
}
