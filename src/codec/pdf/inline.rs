//! Finds the sizes of inline images in content streams, without interpreting them.

/// Width and height of each inline image. What is text and only looks like one may be among them.
pub fn sizes(content: &[u8]) -> impl Iterator<Item = (u64, u64)> + '_ {
    let begins = content.windows(2).enumerate().filter(|(_, bytes)| *bytes == b"BI");
    begins.filter_map(|(at, _)| {
        let before = at.checked_sub(1).and_then(|at| content.get(at));
        if before.is_some_and(|byte| !byte.is_ascii_whitespace()) {
            return None;
        }
        size(content.get(at + 2..)?)
    })
}

/// Entries are short: none that says a size lies further behind.
const ENTRIES: usize = 1000;

fn size(entries: &[u8]) -> Option<(u64, u64)> {
    let entries = entries.get(..ENTRIES).unwrap_or(entries);
    entries.first().filter(|byte| byte.is_ascii_whitespace() || **byte == b'/')?;
    // Names begin with a slash and need no space before it.
    let mut words = entries.split(|byte| byte.is_ascii_whitespace() || *byte == b'/');
    let (mut width, mut height) = (None, None);
    while let Some(word) = words.next() {
        let side = match word {
            b"ID" => break,
            b"W" | b"Width" => &mut width,
            b"H" | b"Height" => &mut height,
            _ => continue,
        };
        let number = words.by_ref().find(|word| !word.is_empty())?;
        *side = str::from_utf8(number).ok()?.parse::<f64>().ok();
    }
    Some((width? as u64, height? as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_found_however_they_are_written() {
        let content = b"q BI /W 10 /H 20 /BPC 1 ID x EI Q\nBI/Height 7/CS/G/Width\n8 ID y EI (no BI) XBI /W 1";
        assert_eq!(sizes(content).collect::<Vec<_>>(), [(10, 20), (8, 7)]);
        for len in 0..content.len() {
            sizes(&content[..len]).for_each(drop);
        }
    }
}
