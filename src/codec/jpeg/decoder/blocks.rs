//! Coefficients of a block from bits: sequential (T.81, F.2) and progressive (G.2).

use super::super::tables::ZIGZAG;
use super::bits::Reader;
use super::codes::{Ac, Dc, END};
use super::simd;
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

/// The steps of quantization, in zigzag order.
pub type Steps = [u16; 64];

#[cold]
fn damaged() -> Error {
    Error::damaged("a block has more than 64 coefficients")
}

/// The coefficient at a place of the zigzag order, of blocks that are kept in it.
#[inline(always)]
fn at_place(block: &mut [i16; 64], at: usize) -> Result<&mut i16> {
    block.get_mut(at).ok_or_else(damaged)
}

/// A DC difference.
#[inline(always)]
pub fn difference(reader: &mut Reader<'_>, dc: &Dc) -> Result<i32> {
    reader.refill();
    let code = dc.next(reader)?;
    if code.symbol() > 15 {
        return wide_difference(reader, dc);
    }
    Ok(code.value(reader))
}

/// A DC difference of 16 bits, which only 12-bit samples may have.
#[cold]
fn wide_difference(reader: &mut Reader<'_>, dc: &Dc) -> Result<i32> {
    match dc.symbol(reader)? {
        16 => Ok(reader.signed(16)),
        _ => Err(Error::damaged("a DC difference has more than 16 bits")),
    }
}

/// A whole block but for its DC, times its steps, row by row; whether there was anything in it.
#[inline(always)]
pub fn sequential(
    reader: &mut Reader<'_>,
    ac: &Ac,
    steps: &Steps,
    block: &mut [i16; 64],
) -> Result<bool> {
    each(reader, ac, |at, value| {
        let (Some(place), Some(step)) = (ZIGZAG.get(at), steps.get(at)) else { return false };
        block[usize::from(place % 64)] = (value as i16).wrapping_mul(*step as i16);
        true
    })
}

/// The same as it is, in zigzag order.
#[inline(always)]
pub fn sequential_as_coded(
    reader: &mut Reader<'_>,
    ac: &Ac,
    block: &mut [i16; 64],
) -> Result<bool> {
    each(reader, ac, |at, value| {
        let Some(place) = block.get_mut(at) else { return false };
        // Of 16 zeros, the last is told; a scan before may have put something there.
        if value != 0 {
            *place = value as i16;
        }
        true
    })
}

/// Calls `put` with the coefficients of a block after its DC and their places in zigzag order, which it may not know; whether
/// there was one.
#[inline(always)]
fn each(reader: &mut Reader<'_>, ac: &Ac, mut put: impl FnMut(usize, i32) -> bool) -> Result<bool> {
    let mut at = 1;
    loop {
        // 56 bits: codes that are looked up and their values take `SHORT` of them, and before a longer one there are 56 again.
        reader.refill();
        for _ in 0..2 {
            let code = ac.next(reader)?;
            let value = code.value(reader);
            let place = at + code.zeros();
            if !put(place, value) {
                // The end of a block leads past it, and may 16 zeros.
                return if value == 0 { Ok(at > 1) } else { Err(damaged()) };
            }
            at = place + 1;
            if at > 63 {
                return Ok(true);
            }
        }
    }
}

/// Passes over the coefficient after place `at`; the places that it takes, all that are left where the block ends.
#[inline(always)]
pub fn pass_one(reader: &mut Reader<'_>, ac: &Ac, at: usize) -> Result<usize> {
    let symbol = ac.symbol(reader)?;
    let (zeros, len) = (usize::from(symbol >> 4), u32::from(symbol & 15));
    if len == 0 {
        return Ok(if zeros < 15 { 64 } else { 16 });
    }
    reader.drop(len);
    if at + zeros > 63 { Err(damaged()) } else { Ok(zeros + 1) }
}

/// The first scan of a band of AC coefficients. `run` counts blocks that have nothing in it.
pub fn first_of_band(
    reader: &mut Reader<'_>,
    ac: &Ac,
    band: Band,
    run: &mut u32,
    block: &mut [i16; 64],
) -> Result<()> {
    let mut at = band.first;
    while at <= band.last {
        if reader.count() < 32 {
            reader.refill();
        }
        let code = ac.next(reader)?;
        let value = code.value(reader);
        if code.zeros() >= END {
            let more = (code.zeros() - END) as u32;
            *run = (1 << more) - 1 + reader.take(more) as u32;
            break;
        }
        at += code.zeros();
        if value == 0 {
            at += 1;
            continue;
        }
        *at_place(block, at)? = (value << band.low) as i16;
        at += 1;
    }
    Ok(())
}

/// The places from one to another, a bit for each.
fn bits_of(first: usize, last: usize) -> u64 {
    let below = |place: usize| 1u64.checked_shl(place as u32).unwrap_or(0).wrapping_sub(1);
    below(last + 1) & !below(first)
}

/// A scan that tells one more bit of a band.
pub fn refined_band(
    reader: &mut Reader<'_>,
    ac: &Ac,
    band: Band,
    run: &mut u32,
    block: &mut [i16; 64],
) -> Result<()> {
    let one = 1i16 << band.low;
    // Those that are known already and still to come.
    let mut known = simd::places(block) & bits_of(band.first, band.last);
    let mut at = band.first;
    while *run == 0 && at <= band.last {
        if reader.count() < 32 {
            reader.refill();
        }
        let symbol = ac.symbol(reader)?;
        let (zeros, len) = (usize::from(symbol >> 4), symbol & 15);
        let mut value = 0;
        if len > 0 {
            value = if reader.take(1) == 1 { one } else { -one };
        } else if zeros < 15 {
            *run = (1 << zeros) + reader.take(zeros as u32) as u32;
            break;
        }
        at = pass(reader, &mut known, (at, zeros), one, block)?;
        if at <= band.last {
            *at_place(block, at)? = value;
        }
        at += 1;
    }
    if *run > 0 {
        *run -= 1;
        refine_all(reader, known, one, block);
    }
    Ok(())
}

/// The place after so many that stay zero, from one on: what is known before it gets its bit.
#[inline(always)]
fn pass(
    reader: &mut Reader<'_>,
    known: &mut u64,
    (mut at, mut zeros): (usize, usize),
    one: i16,
    block: &mut [i16; 64],
) -> Result<usize> {
    while *known != 0 {
        let next = known.trailing_zeros() as usize;
        let between = next - at;
        if zeros < between {
            break;
        }
        zeros -= between;
        refine(reader, at_place(block, next)?, one);
        *known &= *known - 1;
        at = next + 1;
    }
    Ok(at + zeros)
}

/// Gives a bit to each that is known.
#[inline(always)]
fn refine_all(reader: &mut Reader<'_>, mut known: u64, one: i16, block: &mut [i16; 64]) {
    while known != 0 {
        let at = known.trailing_zeros() as usize;
        refine(reader, &mut block[at % 64], one);
        known &= known - 1;
    }
}

#[inline(always)]
fn refine(reader: &mut Reader<'_>, coefficient: &mut i16, one: i16) {
    if reader.take(1) == 1 && *coefficient & one == 0 {
        let step = if *coefficient > 0 { one } else { -one };
        *coefficient = coefficient.wrapping_add(step);
    }
}
