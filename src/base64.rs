//! Base64 (RFC 4648) and the `data:` URLs (RFC 2397) that carry it.

use crate::error::{Error, Result};
use crate::limits::Budget;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// No character of the alphabet.
const NONE: u8 = 0xFF;

/// The value of each character.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut at = 0;
    while at < ALPHABET.len() {
        values[ALPHABET[at] as usize] = at as u8;
        at += 1;
    }
    values
};

/// Characters between two looks at the deadline.
const BLOCK: usize = 64 << 10;

/// The bytes of a text, or of a `data:` URL. White space and missing padding are passed over, nothing else is.
pub fn decode(text: &[u8], budget: &Budget) -> Result<Vec<u8>> {
    let (mut at, is_url) = body(text)?;
    let most = text.len().saturating_sub(at) / 4 * 3 + 3;
    drop(budget.reserve(most as u64)?);
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(most).map_err(|_| Error::no_memory(most, "the decoded text"))?;
    let mut group = Group::default();
    let mut look = at;
    while at < text.len() {
        if at >= look {
            budget.check()?;
            look = at + BLOCK;
        }
        if group.is_empty() {
            at += whole_groups(text.get(at..).unwrap_or_default(), &mut bytes);
        }
        let Some(&byte) = text.get(at) else { break };
        let (byte, len) =
            if is_url && byte == b'%' { (unescaped(text, at)?, 3) } else { (byte, 1) };
        group.take(byte, at, &mut bytes)?;
        at += len;
    }
    group.end(text.len(), &mut bytes)?;
    Ok(bytes)
}

/// Where the base64 begins, and whether it is that of a URL.
fn body(text: &[u8]) -> Result<(usize, bool)> {
    let start = text.len() - text.trim_ascii_start().len();
    let after = text.get(start..).unwrap_or_default();
    let Some((scheme, rest)) = after.split_at_checked(SCHEME.len()) else { return Ok((0, false)) };
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return Ok((0, false));
    }
    let Some(comma) = rest.iter().position(|byte| *byte == b',') else {
        return Err(Error::parameter("`text` is a data: URL without a comma"));
    };
    let kind = rest.get(..comma).unwrap_or_default();
    let last = kind.rsplit(|byte| *byte == b';').next().unwrap_or_default();
    if last.len() == kind.len() || !last.trim_ascii().eq_ignore_ascii_case(b"base64") {
        return Err(Error::unsupported("`text` is a data: URL that is not in base64"));
    }
    Ok((start + SCHEME.len() + comma + 1, true))
}

const SCHEME: &[u8] = b"data:";

/// Decodes groups of four characters of the alphabet, a block at the most: how many characters those were.
fn whole_groups(text: &[u8], bytes: &mut Vec<u8>) -> usize {
    let groups = text.as_chunks::<4>().0.iter().take(BLOCK / 4);
    let mut done = 0;
    for group in groups {
        let [a, b, c, d] = group.map(|byte| VALUES[usize::from(byte)]);
        // Values have six bits, NONE has all eight.
        if (a | b | c | d) & 0xC0 != 0 {
            break;
        }
        bytes.extend_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
        done += 4;
    }
    done
}

/// The character that a URL wrote as `%` and two digits.
fn unescaped(text: &[u8], at: usize) -> Result<u8> {
    let digit = |at: usize| text.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let value = digit(at + 1).zip(digit(at + 2)).map(|(high, low)| high << 4 | low);
    value.and_then(|value| u8::try_from(value).ok()).ok_or_else(|| wrong(b'%', at, "is"))
}

/// A group of four characters that white space, an escape or padding interrupts.
#[derive(Default)]
struct Group {
    bits: u32,
    characters: usize,
    padding: usize,
}

impl Group {
    fn is_empty(&self) -> bool {
        self.characters == 0 && self.padding == 0
    }

    fn take(&mut self, byte: u8, at: usize, bytes: &mut Vec<u8>) -> Result<()> {
        if byte.is_ascii_whitespace() {
            return Ok(());
        }
        if byte == b'=' {
            self.padding += 1;
            let fits = self.characters >= 2 && self.characters + self.padding <= 4;
            return if fits { Ok(()) } else { Err(wrong(byte, at, "is")) };
        }
        let value = VALUES[usize::from(byte)];
        if value == NONE {
            return Err(wrong(byte, at, "is"));
        }
        if self.padding > 0 {
            return Err(wrong(byte, at, "comes after the padding and is"));
        }
        self.bits = self.bits << 6 | u32::from(value);
        self.characters += 1;
        if self.characters == 4 {
            bytes.extend_from_slice(&self.bits.to_be_bytes()[1..]);
            *self = Self::default();
        }
        Ok(())
    }

    /// The bytes of a last group of fewer characters.
    fn end(self, len: usize, bytes: &mut Vec<u8>) -> Result<()> {
        let [first, second] = match self.characters {
            0 => return Ok(()),
            2 => [(self.bits >> 4) as u8, 0],
            3 => [(self.bits >> 10) as u8, (self.bits >> 2) as u8],
            _ => {
                let message =
                    format!("`text` is cut: it ends after {len} characters within a byte");
                return Err(Error::parameter(message));
            }
        };
        bytes.push(first);
        if self.characters == 3 {
            bytes.push(second);
        }
        Ok(())
    }
}

fn wrong(byte: u8, at: usize, verb: &str) -> Error {
    let shown = if byte.is_ascii_graphic() {
        format!("`{}`", char::from(byte))
    } else {
        format!("the byte 0x{byte:02X}")
    };
    let message = format!("`text` is not base64: character {at} (from 0) {verb} {shown}");
    Error::parameter(message)
}

/// Characters that `len` bytes take, with padding.
pub fn encoded_len(len: usize) -> Option<usize> {
    len.div_ceil(3).checked_mul(4)
}

/// Fills `to`, which has [`encoded_len`] characters.
pub fn encode(bytes: &[u8], to: &mut [u8]) {
    for (group, to) in bytes.chunks(3).zip(to.as_chunks_mut::<4>().0) {
        let byte = |at: usize| group.get(at).copied().unwrap_or(0);
        let bits = u32::from_be_bytes([0, byte(0), byte(1), byte(2)]);
        for (number, to) in to.iter_mut().enumerate() {
            let value = (bits >> (18 - 6 * number)) & 63;
            *to = if number <= group.len() { ALPHABET[value as usize] } else { b'=' };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::limits::Limits;

    fn decoded(text: &str) -> Result<Vec<u8>> {
        decode(text.as_bytes(), &Budget::new(Limits::default(), None))
    }

    fn said(text: &str) -> String {
        decoded(text).unwrap_err().to_string()
    }

    /// The vectors of RFC 4648.
    const VECTORS: [(&str, &str); 7] = [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ];

    #[test]
    fn vectors_of_the_rfc_both_ways_and_without_padding() {
        for (bytes, text) in VECTORS {
            let mut made = vec![0; encoded_len(bytes.len()).unwrap()];
            encode(bytes.as_bytes(), &mut made);
            assert_eq!(made, text.as_bytes());
            assert_eq!(decoded(text).unwrap(), bytes.as_bytes());
            assert_eq!(decoded(text.trim_end_matches('=')).unwrap(), bytes.as_bytes());
        }
    }

    #[test]
    fn every_length_and_every_byte_comes_back() {
        for len in 0..300 {
            let bytes: Vec<u8> = (0..len).map(|at| (at * 7 + at / 3) as u8).collect();
            let mut text = vec![0; encoded_len(bytes.len()).unwrap()];
            encode(&bytes, &mut text);
            let text = String::from_utf8(text).unwrap();
            assert_eq!(decoded(&text).unwrap(), bytes);
            let lines: Vec<_> =
                text.as_bytes().chunks(7).map(|part| str::from_utf8(part).unwrap()).collect();
            assert_eq!(decoded(&format!(" \t{}\r\n", lines.join("\r\n"))).unwrap(), bytes);
        }
    }

    #[test]
    fn urls_carry_base64_of_any_media_type() {
        for url in [
            "data:image/png;base64,Zm9vYmE=",
            " DATA:;Base64,Zm9vYmE",
            "data:image/jpeg;name=a.jpg;base64,Zm9v%59mE%3D",
            "data:image/x;base64,Zm9v%0AYmE=\n",
        ] {
            assert_eq!(decoded(url).unwrap(), b"fooba", "{url}");
        }
        assert_eq!(decoded("data:image/png;base64,").unwrap(), b"");
        for (url, kind) in [
            ("data:image/png;base64", Kind::ParameterInvalid),
            ("data:base64,Zm9v", Kind::FeatureUnsupported),
            ("data:,Zm9v", Kind::FeatureUnsupported),
            ("data:image/png;base64;x,Zm9v", Kind::FeatureUnsupported),
            ("data:;base64,Zm9%5", Kind::ParameterInvalid),
            ("data:;base64,Zm9%2Dv", Kind::ParameterInvalid),
            ("Zm9v%59mE", Kind::ParameterInvalid),
        ] {
            assert_eq!(decoded(url).unwrap_err().kind(), kind, "{url}");
        }
    }

    #[test]
    fn other_characters_are_told_with_their_place() {
        let wrong =
            |at: usize, what: &str| format!("`text` is not base64: character {at} (from 0) {what}");
        assert_eq!(said("Zm9vYm-y"), wrong(6, "is `-`"));
        assert_eq!(said("Zm9v_mFy"), wrong(4, "is `_`"));
        assert_eq!(said("Zm9v\u{e9}mFy"), wrong(4, "is the byte 0xC3"));
        assert_eq!(said("data:;base64,Zm.v"), wrong(15, "is `.`"));
        assert_eq!(said("=Zm9v"), wrong(0, "is `=`"));
        assert_eq!(said("Z==="), wrong(1, "is `=`"));
        assert_eq!(said("Zm9v="), wrong(4, "is `=`"));
        assert_eq!(said("Zg==="), wrong(4, "is `=`"));
        assert_eq!(said("Zg==Zg=="), wrong(4, "comes after the padding and is `Z`"));
        assert_eq!(said("Zm9vZ"), "`text` is cut: it ends after 5 characters within a byte");
        // Half of the padding is missing padding.
        assert_eq!(decoded("Zg=").unwrap(), b"f");
    }

    #[test]
    fn a_limit_and_a_deadline_hold() {
        let text = vec![b'A'; 4000];
        let small = Budget::new(Limits { max_memory: 2999, ..Limits::default() }, None);
        assert_eq!(decode(&text, &small).unwrap_err().kind(), Kind::LimitExceeded);
        let late = Budget::new(Limits { deadline_ms: 0, ..Limits::default() }, None);
        assert_eq!(decode(&text, &late).unwrap_err().kind(), Kind::Timeout);
    }
}
