//! Coefficients of a block from bits: sequential (T.81, F.2) and progressive (G.2).

use super::super::tables::ZIGZAG;
use super::bits::{Bits, Codes};
use crate::error::{Error, Result};

/// What a scan says about the coefficients in it.
#[derive(Clone, Copy, Debug)]
pub struct Band {
    /// First and last place in zigzag order.
    pub first: usize,
    /// See above.
    pub last: usize,
    /// Lowest bit known from earlier scans; 0 = none is.
    pub high: u32,
    /// Lowest bit that this scan tells.
    pub low: u32,
}

fn damaged() -> Error {
    Error::damaged("a block has more than 64 coefficients")
}

fn place(at: usize) -> Result<usize> {
    ZIGZAG.get(at).map(|place| usize::from(*place)).ok_or_else(damaged)
}

/// A DC difference.
pub fn difference(bits: &mut Bits, dc: &Codes) -> Result<i32> {
    let len = u32::from(bits.symbol(dc)?);
    if len > 16 {
        return Err(Error::damaged("a DC difference has more than 16 bits"));
    }
    bits.signed(len)
}

/// A whole block but for its DC.
pub fn sequential(bits: &mut Bits, ac: &Codes, block: &mut [i16; 64]) -> Result<()> {
    let mut at = 1;
    while at < 64 {
        let symbol = bits.symbol(ac)?;
        let (run, len) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        match (run, len) {
            (15, 0) => at += 16,
            (_, 0) => break,
            _ => {
                at += run;
                block[place(at)?] = bits.signed(len)? as i16;
                at += 1;
            }
        }
    }
    Ok(())
}

/// The first scan of a band of AC coefficients. `run` counts blocks that have nothing in it.
pub fn first_of_band(
    bits: &mut Bits,
    ac: &Codes,
    band: Band,
    run: &mut u32,
    block: &mut [i16; 64],
) -> Result<()> {
    if *run > 0 {
        *run -= 1;
        return Ok(());
    }
    let mut at = band.first;
    while at <= band.last {
        let symbol = bits.symbol(ac)?;
        let (zeros, len) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        match (zeros, len) {
            (15, 0) => at += 16,
            (_, 0) => {
                *run = (1 << zeros) - 1 + bits.take(zeros as u32)? as u32;
                break;
            }
            _ => {
                at += zeros;
                block[place(at)?] = (bits.signed(len)? << band.low) as i16;
                at += 1;
            }
        }
    }
    Ok(())
}

/// A scan that tells one more bit of a band.
pub fn refined_band(
    bits: &mut Bits,
    ac: &Codes,
    band: Band,
    run: &mut u32,
    block: &mut [i16; 64],
) -> Result<()> {
    let one = 1i16 << band.low;
    let mut at = band.first;
    while *run == 0 && at <= band.last {
        let symbol = bits.symbol(ac)?;
        let (mut zeros, len) = (usize::from(symbol >> 4), symbol & 15);
        let mut value = 0;
        if len > 0 {
            value = if bits.take(1)? == 1 { one } else { -one };
        } else if zeros < 15 {
            *run = (1 << zeros) + bits.take(zeros as u32)? as u32;
            break;
        }
        // Past the coefficients that are known already and so many that stay zero.
        while at <= band.last {
            let coefficient = &mut block[place(at)?];
            if *coefficient != 0 {
                refine(bits, coefficient, one)?;
            } else if zeros == 0 {
                *coefficient = value;
                at += 1;
                break;
            } else {
                zeros -= 1;
            }
            at += 1;
        }
    }
    if *run > 0 {
        *run -= 1;
        for at in at..=band.last {
            let coefficient = &mut block[place(at)?];
            if *coefficient != 0 {
                refine(bits, coefficient, one)?;
            }
        }
    }
    Ok(())
}

fn refine(bits: &mut Bits, coefficient: &mut i16, one: i16) -> Result<()> {
    if bits.take(1)? == 1 && *coefficient & one == 0 {
        let step = if *coefficient > 0 { one } else { -one };
        *coefficient = coefficient.wrapping_add(step);
    }
    Ok(())
}
