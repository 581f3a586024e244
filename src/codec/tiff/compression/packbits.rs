//! PackBits: runs of bytes, and bytes as they are (TIFF 6.0, section 9).

use crate::error::{Error, Result};

/// The run that was begun and did not fit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Run {
    left: usize,
    /// The byte that is repeated; `None` where the bytes follow.
    repeated: Option<u8>,
}

impl Run {
    /// Fills `to` from `from`; how many bytes there were for it. Adds what was read to `used`.
    pub fn fill(&mut self, from: &[u8], used: &mut usize, to: &mut [u8]) -> usize {
        let (mut at, mut done) = (0, 0);
        while let Some(rest) = to.get_mut(done..).filter(|rest| !rest.is_empty()) {
            if self.left == 0 {
                let Some(head) = from.get(at) else { break };
                at += 1;
                match *head {
                    // A filler.
                    128 => continue,
                    head @ 129.. => {
                        let Some(byte) = from.get(at) else { break };
                        at += 1;
                        *self = Self { left: 257 - usize::from(head), repeated: Some(*byte) };
                    }
                    head => *self = Self { left: usize::from(head) + 1, repeated: None },
                }
            }
            let len = self.left.min(rest.len());
            let len = match self.repeated {
                Some(byte) => {
                    rest.iter_mut().take(len).for_each(|to| *to = byte);
                    len
                }
                None => {
                    let from = from.get(at..).unwrap_or_default();
                    let len = len.min(from.len());
                    rest.iter_mut().zip(from).take(len).for_each(|(to, from)| *to = *from);
                    at += len;
                    len
                }
            };
            if len == 0 {
                break;
            }
            self.left -= len;
            done += len;
        }
        *used += at;
        done
    }
}

/// Appends one row.
pub fn encode(row: &[u8], to: &mut Vec<u8>) -> Result<()> {
    // A length before every 128 bytes at worst.
    let most = row.len() + row.len().div_ceil(128);
    to.try_reserve(most).map_err(|_| Error::no_memory(most, "a strip"))?;
    let mut rest = row;
    while let Some(first) = rest.first() {
        let run = rest.iter().take(128).take_while(|byte| *byte == first).count();
        if run > 1 {
            to.extend([(257 - run) as u8, *first]);
            rest = rest.get(run..).unwrap_or_default();
            continue;
        }
        // Bytes up to the next three that are equal: a run of two costs as much as it saves.
        let same = |three: &[u8]| matches!(three, [a, b, c] if a == b && b == c);
        let most = rest.len().min(128);
        let len = rest.windows(3).take(most).position(same).unwrap_or(most);
        to.push((len - 1) as u8);
        to.extend(rest.iter().take(len));
        rest = rest.get(len..).unwrap_or_default();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_survive_in_pieces_of_any_size() {
        for seed in 0..200u32 {
            let row: Vec<u8> =
                (0..seed * 3)
                    .map(|x| {
                        if (x / (1 + seed % 7)).is_multiple_of(2) {
                            7
                        } else {
                            (x * seed % 5) as u8
                        }
                    })
                    .collect();
            let mut packed = Vec::new();
            encode(&row, &mut packed).unwrap();
            assert!(packed.len() <= row.len() + row.len().div_ceil(128));
            let (mut run, mut used, mut back) = (Run::default(), 0, Vec::new());
            loop {
                let mut piece = vec![0; 1 + seed as usize % 11];
                let got = run.fill(&packed[used..], &mut used, &mut piece);
                back.extend_from_slice(&piece[..got]);
                if got < piece.len() {
                    break;
                }
            }
            assert_eq!(back, row);
        }
    }

    #[test]
    fn cut_data_ends_early() {
        let mut to = [0; 8];
        let mut used = 0;
        assert_eq!(Run::default().fill(&[3, 1, 2], &mut used, &mut to), 2);
        assert_eq!(Run::default().fill(&[0xfe], &mut used, &mut to), 0);
    }
}
