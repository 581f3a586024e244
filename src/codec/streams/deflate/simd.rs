//! The loops that every byte goes through, with the shifts of newer processors.

#![allow(unsafe_code, reason = "calls of what was looked for")]

use super::codes::{Code, DISTANCES, LITERALS};
use super::matches::{self, Finder, Sequence};
use super::output::{self, Bits};

/// The codes of literals and lengths, and of distances.
pub type Codes<'a> = (&'a Code<LITERALS>, &'a Code<DISTANCES>);

twice!(find = matches::find: (finder: &mut Finder, bytes: &[u8], start: usize, sequences: &mut Vec<Sequence>));
twice!(write = output::write: (bits: &mut Bits, output: &mut [u8], bytes: &[u8], sequences: &[Sequence], codes: Codes<'_>));
