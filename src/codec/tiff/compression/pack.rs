//! Samples as lines of bytes, as they are stored without compression.

/// Bytes of a line.
pub fn line_len(width: u32, samples: u16, bits: u32) -> usize {
    let bits = u64::from(width).saturating_mul(u64::from(samples)).saturating_mul(bits.into());
    usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX)
}

/// Puts the samples of each pixel side by side: bytes, numbers of 16 bits in the order of the file, or bits from the
/// highest on.
pub fn pack(planes: &[&[u16]], bits: u32, big_endian: bool, line: &mut [u8]) {
    let width = planes.first().map_or(0, |plane| plane.len());
    let samples =
        (0..width).flat_map(|x| planes.iter().map(move |plane| plane.get(x).copied().unwrap_or(0)));
    match bits {
        8 => line.iter_mut().zip(samples).for_each(|(to, sample)| *to = sample as u8),
        16 => {
            for (to, sample) in line.as_chunks_mut::<2>().0.iter_mut().zip(samples) {
                *to = if big_endian { sample.to_be_bytes() } else { sample.to_le_bytes() };
            }
        }
        _ => {
            let (mut held, mut count) = (0u32, 0);
            let mut bytes = line.iter_mut();
            let mut put = |byte: u32| bytes.next().into_iter().for_each(|to| *to = byte as u8);
            for sample in samples {
                held = held << bits | u32::from(sample);
                count += bits;
                while count >= 8 {
                    count -= 8;
                    put(held >> count);
                }
            }
            if count > 0 {
                put(held << (8 - count));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_any_depth_lie_side_by_side() {
        let packed = |bits, big_endian| {
            let mut line = vec![0; line_len(2, 2, bits)];
            pack(&[&[1, 2], &[3, 4]], bits, big_endian, &mut line);
            line
        };
        assert_eq!(packed(8, false), [1, 3, 2, 4]);
        assert_eq!(packed(4, false), [0x13, 0x24]);
        assert_eq!(packed(12, true), [0x00, 0x10, 0x03, 0x00, 0x20, 0x04]);
        assert_eq!(packed(16, true), [0, 1, 0, 3, 0, 2, 0, 4]);
        assert_eq!(packed(16, false), [1, 0, 3, 0, 2, 0, 4, 0]);
        assert_eq!(packed(3, false), [0b0010_1101, 0b0100_0000]);
    }
}
