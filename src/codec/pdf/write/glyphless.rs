//! A font with a single glyph, which shows nothing: TrueType, made here.

/// Units of an em.
const EM: u16 = 1000;

/// How far a glyph goes on, in thousandths of the size of the font.
pub const ADVANCE: u16 = 500;

/// How high the font stands above its base line.
pub const ASCENT: u16 = EM;

/// The glyph for all characters; number 0 is for those that are missing.
pub const GLYPH: u16 = 1;

/// The font program, with the tables that a composite font needs (ISO 32000-1, 9.9).
pub fn program() -> Vec<u8> {
    let words = |words: &[u16]| words.iter().flat_map(|word| word.to_be_bytes()).collect();
    let head: Vec<u8> = words(&[
        1, 0, 1, 0, 0, 0, 0x5f0f, 0x3cf5, 0, EM, 0, 0, 0, 0, 0, 0, 0, 0, // No dates.
        0, 0, ADVANCE, ASCENT, 0, 8, 2, 0, 0,
    ]);
    let hhea: Vec<u8> =
        words(&[1, 0, ASCENT, 0, 0, ADVANCE, 0, 0, ADVANCE, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    let maxp: Vec<u8> = words(&[1, 0, 2, 2, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
    // Both glyphs share the advance.
    let hmtx: Vec<u8> = words(&[ADVANCE, 0, 0]);
    // A line from corner to corner, which has no area and still a size: readers pass over text without.
    let from_to = [0x3101, ADVANCE, ASCENT];
    let glyf: Vec<u8> = words(&[&[1, 0, 0, ADVANCE, ASCENT, 1, 0][..], &from_to].concat());
    // In units of two bytes: the first glyph is empty.
    let loca: Vec<u8> = words(&[0, 0, glyf.len() as u16 / 2]);
    assembled(&mut [
        (b"glyf", glyf),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", hmtx),
        (b"loca", loca),
        (b"maxp", maxp),
    ])
}

/// Tables in the order of their names, with a directory and sums.
fn assembled(tables: &mut [(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let count = tables.len() as u16;
    let power = count.ilog2() as u16;
    let range = 16 << power;
    let mut file: Vec<u8> = [0, 1, 0, 0]
        .into_iter()
        .chain([count, range, power, count * 16 - range].into_iter().flat_map(u16::to_be_bytes))
        .collect();
    let mut at = 12 + 16 * tables.len();
    for (name, table) in tables.iter_mut() {
        let len = table.len();
        table.resize(len.next_multiple_of(4), 0);
        file.extend_from_slice(*name);
        for number in [sum(table), at as u32, len as u32] {
            file.extend_from_slice(&number.to_be_bytes());
        }
        at += table.len();
    }
    let begin = file.len();
    let before: usize =
        tables.iter().take_while(|(name, _)| *name != b"head").map(|it| it.1.len()).sum();
    tables.iter().for_each(|(_, table)| file.extend_from_slice(table));
    // What makes the sum of the whole file this number.
    let adjustment = 0xb1b0_afba_u32.wrapping_sub(sum(&file));
    if let Some(place) = file.get_mut(begin + before + 8..).and_then(|rest| rest.first_chunk_mut())
    {
        *place = adjustment.to_be_bytes();
    }
    file
}

fn sum(bytes: &[u8]) -> u32 {
    let words = bytes.as_chunks::<4>().0.iter();
    words.fold(0, |sum, word| sum.wrapping_add(u32::from_be_bytes(*word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_the_whole_is_what_it_has_to_be() {
        let font = program();
        assert_eq!(sum(&font), 0xb1b0_afba);
        assert_eq!((font.len() % 4, font.len() < 400), (0, true));
    }
}
