//! Owner passwords of the older encryptions (ISO 32000-1, 7.6.3.4, algorithm 7), which the engine does not know: they lead to
//! the user password, which it does. Those of AES-256 it knows itself.

use hayro::hayro_syntax::object::{Dict, FromBytes, String as Text};

/// What passwords are filled up with to 32 bytes.
const PADDING: [u8; 32] = [
    0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08,
    0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a,
];

/// The user password that an owner's leads to. Whether it is one shows when the document is opened.
pub fn user_password(trailers: &[&[u8]], file: &[u8], owner: &str) -> Option<String> {
    let dict = trailers.iter().find_map(|trailer| encryption(trailer, file))?;
    let revision = dict.get::<u32>("R").filter(|revision| (2..=4).contains(revision))?;
    let stored = dict.get::<Text<'_>>("O")?;
    let mut user = *stored.as_bytes().first_chunk::<32>()?;
    let bits = match dict.get::<u32>("V") {
        Some(1) => 40,
        Some(2) => dict.get("Length").unwrap_or(40),
        _ => dict.get("Length").unwrap_or(128),
    };
    let hash = hashed(owner.as_bytes(), if revision == 2 { 1 } else { 51 });
    let key = hash.get(..(bits as usize / 8).clamp(5, 16))?;
    let rounds = if revision == 2 { 0 } else { 19 };
    for round in (0..=rounds).rev() {
        let key: Vec<u8> = key.iter().map(|byte| byte ^ round).collect();
        rc4(&key, &mut user);
    }
    let padded = (0..=32).find(|len| PADDING.starts_with(user.get(*len..).unwrap_or_default()))?;
    String::from_utf8(user.get(..padded)?.to_vec()).ok()
}

/// The dictionary that a trailer refers to, or holds.
fn encryption<'a>(trailer: &[u8], file: &'a [u8]) -> Option<Dict<'a>> {
    let key = b"/Encrypt";
    let at = trailer.windows(key.len()).position(|bytes| bytes == key)?;
    let value = trailer.get(at + key.len()..)?.trim_ascii_start();
    if value.starts_with(b"<<") {
        // Where it lies in the trailer, it lies in the file.
        let start = file.windows(value.len().min(64)).position(|part| value.starts_with(part))?;
        return Dict::from_bytes(file.get(start..)?);
    }
    let mut numbers =
        value.split(|byte| byte.is_ascii_whitespace()).filter(|word| !word.is_empty());
    let (number, generation) = (numbers.next()?, numbers.next()?);
    let header = [number, b" ", generation, b" obj"].concat();
    // The last one is the valid one.
    let mut starts = file.windows(header.len()).enumerate().rev();
    let (start, _) = starts.find(|(at, bytes)| {
        let before = at.checked_sub(1).and_then(|at| file.get(at));
        *bytes == header && before.is_none_or(|byte| !byte.is_ascii_digit())
    })?;
    Dict::from_bytes(file.get(start + header.len()..)?.trim_ascii_start())
}

fn hashed(password: &[u8], times: u32) -> [u8; 16] {
    let padded: Vec<u8> = password.iter().chain(&PADDING).take(32).copied().collect();
    let first = md5(&padded);
    (1..times).fold(first, |hash, _| md5(&hash))
}

fn rc4(key: &[u8], data: &mut [u8]) {
    let mut state: [u8; 256] = std::array::from_fn(|at| at as u8);
    let at = |state: &[u8; 256], index: u8| state.get(usize::from(index)).copied().unwrap_or(0);
    let mut j = 0u8;
    for (i, byte) in (0..=255u8).zip(key.iter().cycle()) {
        j = j.wrapping_add(at(&state, i)).wrapping_add(*byte);
        state.swap(usize::from(i), usize::from(j));
    }
    let (mut i, mut j) = (0u8, 0u8);
    for byte in data {
        i = i.wrapping_add(1);
        j = j.wrapping_add(at(&state, i));
        state.swap(usize::from(i), usize::from(j));
        *byte ^= at(&state, at(&state, i).wrapping_add(at(&state, j)));
    }
}

/// RFC 1321.
fn md5(message: &[u8]) -> [u8; 16] {
    const TURNS: [[u32; 4]; 4] =
        [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    let mut all = message.to_vec();
    all.push(0x80);
    all.resize(all.len().next_multiple_of(64) - 8 + if all.len() % 64 > 56 { 64 } else { 0 }, 0);
    all.extend((message.len() as u64 * 8).to_le_bytes());
    let mut state = [0x6745_2301u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for block in all.as_chunks::<64>().0 {
        let words: Vec<u32> =
            block.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        let [mut a, mut b, mut c, mut d] = state;
        for step in 0..64usize {
            let (mixed, word) = match step / 16 {
                0 => (b & c | !b & d, step),
                1 => (d & b | !d & c, 5 * step + 1),
                2 => (b ^ c ^ d, 3 * step + 5),
                _ => (c ^ (b | !d), 7 * step),
            };
            let sine = (f64::from(step as u32 + 1).sin().abs() * 4_294_967_296.0) as u32;
            let word = words.get(word % 16).copied().unwrap_or(0);
            let turn = TURNS.get(step / 16).and_then(|turns| turns.get(step % 4)).copied();
            let sum = a.wrapping_add(mixed).wrapping_add(word).wrapping_add(sine);
            (a, d, c) = (d, c, b);
            b = b.wrapping_add(sum.rotate_left(turn.unwrap_or(0)));
        }
        for (state, value) in state.iter_mut().zip([a, b, c, d]) {
            *state = state.wrapping_add(value);
        }
    }
    let mut digest = [0; 16];
    let bytes = state.iter().flat_map(|word| word.to_le_bytes());
    digest.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn digests_and_ciphers_are_those_of_the_books() {
        assert_eq!(hex(&md5(b"")), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(hex(&md5(b"message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
        let digits =
            b"12345678901234567890123456789012345678901234567890123456789012345678901234567890";
        assert_eq!(hex(&md5(digits)), "57edf4a22be3c955ac49da2e2107b67a");
        assert_eq!(hex(&md5(&[b'a'; 56])), "3b0c8ac703f828b04c6c197006d17218");
        let mut text = *b"Plaintext";
        rc4(b"Key", &mut text);
        assert_eq!(hex(&text), "bbf316e8d940af0ad3");
    }
}
