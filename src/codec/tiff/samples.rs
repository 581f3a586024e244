//! Samples of any depth as 16-bit numbers.
//!
//! Samples of up to 8 bits become 0 to 255, those of more bits 0 to 65535, both scaled to the full range and rounded.
//! Signed ones are taken as unsigned of the same bits. Floats of 0 to 1 become the full range; what is below or above
//! is cut off, and what is no number is 0, which [`Unpacker::has_cut_off`] remembers. Indices and logarithms are left
//! as they are.

use std::sync::atomic::{AtomicBool, Ordering};

use super::page::Page;
use super::tags::photometric;
use crate::error::{Error, Result};

/// Reads the samples of rows.
#[derive(Debug)]
pub struct Unpacker {
    kind: Kind,
    big_endian: bool,
    /// Whether 0 is white, or stands for no ink where white is wanted.
    inverted: bool,
    /// Whether numbers are no shares of a range.
    raw: bool,
    /// What each value of up to 8 bits becomes.
    table: Box<[u16; 256]>,
    cut_off: AtomicBool,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// One byte each.
    Byte,
    /// Less than a byte each.
    Bits(u32),
    /// 9 to 15 bits each.
    Wide(u32),
    /// 17 to 63 bits each that are no whole bytes, or of a number of bytes that no machine has.
    Long(u32),
    /// Whole numbers of 2, 3, 4 or 8 bytes.
    Whole(usize),
    /// Floats of 2, 3, 4 or 8 bytes.
    Float(usize),
}

impl Unpacker {
    /// Fails for a depth that cannot be read.
    pub fn new(page: &Page, big_endian: bool) -> Result<Self> {
        let kind = match (page.sample_format, page.bits) {
            (3, bits @ (16 | 24 | 32 | 64)) => Kind::Float(bits as usize / 8),
            (1 | 2 | 4, 8) => Kind::Byte,
            (1 | 2 | 4, bits @ 1..8) => Kind::Bits(bits),
            (1 | 2 | 4, bits @ 9..16) => Kind::Wide(bits),
            (1 | 2 | 4, bits @ (16 | 24 | 32 | 64)) => Kind::Whole(bits as usize / 8),
            (1 | 2 | 4, bits @ 17..64) => Kind::Long(bits),
            (format, bits) => {
                return Err(Error::unsupported(format!(
                    "{bits} bits per sample of sample format {format} are not supported"
                )));
            }
        };
        let raw = matches!(
            page.photometric,
            photometric::PALETTE | photometric::LOG_L | photometric::LOG_LUV
        );
        // Logarithms come from their decompressor in one order.
        let big_endian = big_endian && (!raw || page.photometric == photometric::PALETTE);
        let inverted = page.photometric == photometric::WHITE_IS_ZERO;
        let max = (1u32 << page.bits.min(8)) - 1;
        let mut table = Box::new([0; 256]);
        for (value, entry) in (0u32..).zip(table.iter_mut()) {
            let scaled = if raw { value } else { (value.min(max) * 255 + max / 2) / max };
            *entry = if inverted { 255 - scaled } else { scaled } as u16;
        }
        Ok(Self { kind, big_endian, inverted, raw, table, cut_off: AtomicBool::new(false) })
    }

    /// Whether a number was outside of the range that there is room for, or none at all.
    pub fn has_cut_off(&self) -> bool {
        self.cut_off.load(Ordering::Relaxed)
    }

    /// Reads as many samples as `to` takes.
    pub fn unpack(&self, row: &[u8], to: &mut [u16]) {
        let flip = if self.inverted { 65_535 } else { 0 };
        match self.kind {
            Kind::Byte => {
                for (to, byte) in to.iter_mut().zip(row) {
                    *to = self.looked_up(*byte);
                }
            }
            Kind::Bits(bits) => {
                fields(row, bits, to, |value| self.looked_up(value as u8));
            }
            Kind::Wide(bits) if self.raw => fields(row, bits, to, |value| value as u16),
            Kind::Wide(bits) => {
                let max = (1u32 << bits) - 1;
                fields(row, bits, to, |value| ((value * 65_535 + max / 2) / max) as u16 ^ flip);
            }
            Kind::Long(bits) => {
                let max = (1u128 << bits) - 1;
                let scaled = |value: u64| (u128::from(value) * 65_535 + max / 2) / max;
                long_fields(row, bits, to, |value| scaled(value) as u16 ^ flip);
            }
            Kind::Whole(2) => {
                for (to, bytes) in to.iter_mut().zip(row.as_chunks::<2>().0) {
                    let number = u16::from_le_bytes(*bytes);
                    *to = flip ^ if self.big_endian { number.swap_bytes() } else { number };
                }
            }
            Kind::Whole(len) => {
                let max = u64::MAX >> (64 - 8 * len as u32);
                for (to, bytes) in to.iter_mut().zip(row.chunks_exact(len)) {
                    let value = u128::from(self.number(bytes)) * 65_535 + u128::from(max / 2);
                    *to = (value / u128::from(max)) as u16 ^ flip;
                }
            }
            Kind::Float(len) => self.unpack_floats(row, len, flip, to),
        }
    }

    fn unpack_floats(&self, row: &[u8], len: usize, flip: u16, to: &mut [u16]) {
        let mut all_within = true;
        for (to, bytes) in to.iter_mut().zip(row.chunks_exact(len)) {
            let value = float(self.number(bytes), len);
            all_within &= (0.0..=1.0).contains(&value);
            // A cast of what is no number gives 0.
            *to = (value.clamp(0.0, 1.0) * 65_535.0).round() as u16 ^ flip;
        }
        if !all_within {
            self.cut_off.store(true, Ordering::Relaxed);
        }
    }

    fn looked_up(&self, value: u8) -> u16 {
        self.table.get(usize::from(value)).copied().unwrap_or(0)
    }

    fn number(&self, bytes: &[u8]) -> u64 {
        let shift = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        if self.big_endian {
            bytes.iter().fold(0, shift)
        } else {
            bytes.iter().rev().fold(0, shift)
        }
    }
}

/// Numbers of `bits` bits, up to 15, that follow each other from the highest bit of each byte on.
fn fields(row: &[u8], bits: u32, to: &mut [u16], value: impl Fn(u32) -> u16) {
    let (mut window, mut held) = (0u32, 0);
    let mut bytes = row.iter();
    for to in to {
        while held < bits {
            window = window << 8 | u32::from(bytes.next().copied().unwrap_or(0));
            held += 8;
        }
        held -= bits;
        *to = value(window >> held & ((1 << bits) - 1));
    }
}

/// As [`fields`], of up to 64 bits.
fn long_fields(row: &[u8], bits: u32, to: &mut [u16], value: impl Fn(u64) -> u16) {
    let (mut window, mut held) = (0u128, 0);
    let mut bytes = row.iter();
    for to in to {
        while held < bits {
            window = window << 8 | u128::from(bytes.next().copied().unwrap_or(0));
            held += 8;
        }
        held -= bits;
        *to = value((window >> held & ((1 << bits) - 1)) as u64);
    }
}

/// A float of 2, 3, 4 or 8 bytes.
fn float(bits: u64, len: usize) -> f64 {
    let (exponent_bits, fraction_bits) = match len {
        2 => (5, 10),
        3 => (7, 16),
        4 => return f64::from(f32::from_bits(bits as u32)),
        _ => return f64::from_bits(bits),
    };
    let fraction = (bits & ((1 << fraction_bits) - 1)) as f64 / f64::from(1u32 << fraction_bits);
    let top = (1 << exponent_bits) - 1;
    let exponent = (bits >> fraction_bits) as i32 & top;
    let bias = top / 2;
    let value = match exponent {
        0 => fraction * f64::from(1 - bias).exp2(),
        _ if exponent == top && fraction > 0.0 => f64::NAN,
        _ if exponent == top => f64::INFINITY,
        _ => (1.0 + fraction) * f64::from(exponent - bias).exp2(),
    };
    if bits >> (fraction_bits + exponent_bits) & 1 == 1 { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_run_from_the_highest_bit_on() {
        let mut to = [0; 3];
        fields(&[0b1010_0110, 0b0100_0000], 3, &mut to, |value| value as u16);
        assert_eq!(to, [0b101, 0b001, 0b100]);
        let mut to = [0; 2];
        fields(&[0xab, 0xcd, 0xef], 12, &mut to, |value| value as u16);
        assert_eq!(to, [0xabc, 0xdef]);
        let mut to = [0; 2];
        long_fields(&[0x12, 0x34, 0x56, 0x78, 0x9a], 20, &mut to, |value| (value >> 4) as u16);
        assert_eq!(to, [0x1234, 0x6789]);
    }

    #[test]
    fn small_floats_are_those_of_ieee() {
        assert_eq!(float(0x3c00, 2), 1.0);
        assert_eq!(float(0x3800, 2), 0.5);
        assert_eq!(float(0xc000, 2), -2.0);
        assert_eq!(float(0x0001, 2), 2f64.powi(-24));
        assert!(float(0x7e00, 2).is_nan());
        assert_eq!(float(0x3f0000, 3), 1.0);
        assert_eq!(float(u64::from(0.25f32.to_bits()), 4), 0.25);
    }
}
