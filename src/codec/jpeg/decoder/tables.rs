//! The tables that are in force: quantization, Huffman codes, restart interval.

use std::sync::{Arc, OnceLock};

use super::super::tables::{Huffman, STANDARD};
use super::super::{markers, scan::Head};
use super::arithmetic::Conditions;
use super::blocks::Steps;
use super::codes::{Ac, Codes, Dc};
use crate::error::{Error, Result};

/// Tables by their numbers.
pub struct Tables {
    quantization: [Option<Steps>; 4],
    dc: [Option<Arc<Dc>>; 4],
    ac: [Option<Arc<Ac>>; 4],
    /// MCUs between two restart markers; 0 = there are none.
    pub interval: usize,
    pub conditions: Conditions,
}

pub fn no_table() -> Error {
    Error::damaged("a scan uses a table that the file does not have")
}

impl Tables {
    /// Those before the first scan.
    pub fn new(head: &Head) -> Result<Self> {
        let mut tables = Self {
            quantization: [None; 4],
            dc: [const { None }; 4],
            ac: [const { None }; 4],
            interval: 0,
            conditions: Conditions::default(),
        };
        if !head.has_huffman {
            // Motion JPEG leaves the standard tables out.
            let [dc, ac] = STANDARD;
            for (table, (counts, symbols)) in tables.dc.iter_mut().zip(dc) {
                *table = Some(dc_codes(counts, symbols)?);
            }
            for (table, (counts, symbols)) in tables.ac.iter_mut().zip(ac) {
                *table = Some(ac_codes(counts, symbols)?);
            }
        }
        let mut segments = head.tables.as_slice();
        while let [_, marker, high, low, rest @ ..] = segments {
            let len = usize::from(u16::from_be_bytes([*high, *low])).saturating_sub(2);
            let (content, rest) = rest.split_at_checked(len).unwrap_or((rest, &[]));
            tables.read(*marker, content)?;
            segments = rest;
        }
        Ok(tables)
    }

    /// Takes a segment, if it is one of tables.
    pub fn read(&mut self, marker: u8, content: &[u8]) -> Result<()> {
        match marker {
            markers::DQT => self.quantization(content),
            markers::DHT => self.huffman(content),
            markers::DAC => self.conditions.read(content),
            markers::DRI => {
                let &[high, low] = content else {
                    return Err(Error::damaged("the restart interval (DRI) is damaged"));
                };
                self.interval = usize::from(u16::from_be_bytes([high, low]));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn quantization(&mut self, mut content: &[u8]) -> Result<()> {
        let damaged = || Error::damaged("a quantization table (DQT) is damaged");
        while let [place, rest @ ..] = content {
            let wide = place >> 4 != 0;
            let len = if wide { 128 } else { 64 };
            let (steps, rest) = rest.split_at_checked(len).ok_or_else(damaged)?;
            let table = self.quantization.get_mut(usize::from(place & 15)).ok_or_else(damaged)?;
            let step = |at: usize| u16::from(steps.get(at).copied().unwrap_or(0));
            *table = Some(std::array::from_fn(|at| {
                if wide { step(2 * at) << 8 | step(2 * at + 1) } else { step(at) }
            }));
            content = rest;
        }
        Ok(())
    }

    fn huffman(&mut self, mut content: &[u8]) -> Result<()> {
        let damaged = || Error::damaged("a Huffman table (DHT) is damaged");
        while let [place, rest @ ..] = content {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(damaged)?;
            let total: usize = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(total).ok_or_else(damaged)?;
            let number = usize::from(place & 15);
            if place >> 4 == 0 {
                let table = self.dc.get_mut(number).ok_or_else(damaged)?;
                *table = Some(dc_codes(*counts, symbols)?);
            } else {
                let table = self.ac.get_mut(number).ok_or_else(damaged)?;
                *table = Some(ac_codes(*counts, symbols)?);
            }
            content = rest;
        }
        Ok(())
    }

    /// The steps of a component, in zigzag order.
    pub fn steps(&self, number: u8) -> Result<&Steps> {
        let table = self.quantization.get(usize::from(number)).and_then(Option::as_ref);
        table.ok_or_else(no_table)
    }

    /// Codes of DC or lossless differences.
    pub fn dc(&self, number: usize) -> Result<&Dc> {
        self.dc.get(number).and_then(Option::as_deref).ok_or_else(no_table)
    }

    /// Codes of AC coefficients.
    pub fn ac(&self, number: usize) -> Result<&Ac> {
        self.ac.get(number).and_then(Option::as_deref).ok_or_else(no_table)
    }
}

/// Codes of DC differences of a table.
fn dc_codes(counts: [u8; 16], symbols: &[u8]) -> Result<Arc<Dc>> {
    static MADE: Made<Arc<Dc>> = [const { OnceLock::new() }; 2];
    codes(&MADE, &STANDARD[0], counts, symbols)
}

/// Codes of AC coefficients of a table.
fn ac_codes(counts: [u8; 16], symbols: &[u8]) -> Result<Arc<Ac>> {
    static MADE: Made<Arc<Ac>> = [const { OnceLock::new() }; 2];
    codes(&MADE, &STANDARD[1], counts, symbols)
}

/// The codes of luma and of chroma that all files share which have the tables of T.81, as most do.
type Made<T> = [OnceLock<T>; 2];

fn codes<const PLACES: usize>(
    made: &Made<Arc<Codes<PLACES>>>,
    standard: &[([u8; 16], &[u8]); 2],
    counts: [u8; 16],
    symbols: &[u8],
) -> Result<Arc<Codes<PLACES>>> {
    let new = || Codes::new(Huffman { counts, symbols: symbols.to_vec() }).map(Arc::new);
    let place = standard.iter().zip(made).find(|(table, _)| **table == (counts, symbols));
    let Some((_, place)) = place else { return new() };
    if let Some(codes) = place.get() {
        return Ok(Arc::clone(codes));
    }
    let codes = new()?;
    Ok(Arc::clone(place.get_or_init(|| codes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_with_the_tables_of_the_standard_share_codes() {
        let [dc, ac] = STANDARD;
        for (counts, symbols) in dc {
            let of_all = dc_codes(counts, symbols).unwrap();
            assert!(Arc::ptr_eq(&of_all, &dc_codes(counts, symbols).unwrap()));
        }
        let [(counts, luma), (_, chroma)] = ac;
        let of_all = ac_codes(counts, luma).unwrap();
        assert!(Arc::ptr_eq(&of_all, &ac_codes(counts, luma).unwrap()));
        let own = ac_codes(counts, chroma).unwrap();
        assert!(!Arc::ptr_eq(&of_all, &own));
        assert_eq!((of_all.code(0), own.code(0)), (Some((2, luma[0])), Some((2, chroma[0]))));
    }
}
