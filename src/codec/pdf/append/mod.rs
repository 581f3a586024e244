//! What a document has that pages are to go behind: [`file`] finds objects, [`syntax`] reads them.

mod file;
mod syntax;

use file::{File, MOST_OBJECTS, unsound};
use syntax::{Dict, Object};

use crate::error::{Error, Result};
use crate::limits::Budget;
use crate::source::Source;

pub use syntax::{Dict as OldDict, Object as OldObject};

/// An old document, as far as new pages concern it.
pub struct Old {
    /// The number of the first new object.
    pub first: u32,
    /// The catalog: number, generation and what it says.
    pub catalog: (u32, u16, Dict),
    /// The root of the page tree.
    pub pages: (u32, u16, Dict),
    /// How many pages there are.
    pub count: u64,
    /// Those entries of the trailer that the next one has, too.
    pub info: Option<Object>,
    /// The first part of the identifier.
    pub id: Option<Object>,
    /// Where its last cross-reference section begins, and whether that is a stream.
    pub start: u64,
    pub in_streams: bool,
    /// Whether it claims to be PDF/A of a part that new pages can keep to.
    pub archival: bool,
    /// Whether its version has to be raised for what new pages may have.
    pub is_old: bool,
}

impl Old {
    /// Finds what is needed; refuses what cannot be continued.
    pub fn open(source: &Source, budget: &Budget) -> Result<Self> {
        let mut head = [0; 8];
        let len = source.read_at(0, &mut head)?;
        let version = head.get(..len).and_then(|head| head.strip_prefix(b"%PDF-"));
        let version = version.ok_or_else(|| unsound("it does not begin with its version"))?;
        let file = File::open(source, budget)?;
        if file.trailer.get(b"Encrypt").is_some() {
            return Err(Error::unsupported("appending pages to an encrypted PDF"));
        }
        let catalog = dict(&file, file.trailer.get(b"Root"), "catalog")?;
        check_signatures(&file, &catalog.2)?;
        let mut pages = dict(&file, catalog.2.get(b"Pages"), "page tree")?;
        let wrong = || unsound("its page tree is not one");
        let count = pages.2.get(b"Count").ok_or_else(wrong)?;
        let count = file.resolved(count)?.number().ok_or_else(wrong)?;
        let kids = file.resolved(pages.2.get(b"Kids").ok_or_else(wrong)?)?;
        if !matches!(kids, Object::Array(_)) || pages.2.get(b"Parent").is_some() {
            return Err(wrong());
        }
        pages.2.set(b"Kids", kids);
        let size = file.trailer.get(b"Size").and_then(Object::number);
        let first = size.filter(|size| (1..=MOST_OBJECTS).contains(size));
        let first = first.ok_or_else(|| unsound("its trailer does not count the objects"))? as u32;
        let id = match file.trailer.get(b"ID").map(|id| file.resolved(id)).transpose()? {
            Some(Object::Array(parts)) => parts.into_iter().next(),
            _ => None,
        };
        let stated = match catalog.2.get(b"Version") {
            Some(Object::Name(version)) => version.clone(),
            _ => Vec::new(),
        };
        let newest = version.max(stated.as_slice());
        Ok(Self {
            first,
            archival: is_archival(&file, &catalog.2)?,
            is_old: newest < &b"1.7"[..],
            count,
            info: file.trailer.get(b"Info").cloned(),
            id,
            start: file.start,
            in_streams: file.in_streams,
            catalog,
            pages,
        })
    }
}

/// A dictionary that is an object of its own.
fn dict(file: &File<'_>, at: Option<&Object>, what: &str) -> Result<(u32, u16, Dict)> {
    let missing = || unsound(format!("it has no {what}"));
    match at {
        Some(reference @ Object::Reference(number, generation)) => {
            match file.resolved(reference)? {
                Object::Dict(dict) => Ok((*number, *generation, dict)),
                _ => Err(missing()),
            }
        }
        _ => Err(missing()),
    }
}

/// A signature may say that nothing is to be added, and readers would find it broken.
fn check_signatures(file: &File<'_>, catalog: &Dict) -> Result<()> {
    let signed = || Error::unsupported("appending pages to a signed PDF");
    if catalog.get(b"Perms").is_some() {
        return Err(signed());
    }
    let Some(form) = catalog.get(b"AcroForm") else { return Ok(()) };
    let Object::Dict(form) = file.resolved(form)? else { return Ok(()) };
    let flags = form.get(b"SigFlags").map(|flags| file.resolved(flags)).transpose()?;
    match flags.and_then(|flags| flags.number()) {
        Some(flags) if flags & 1 != 0 => Err(signed()),
        _ => Ok(()),
    }
}

/// Whether the document claims PDF/A-2 or -3 with an output intent of R, G, B. What claims another part is refused: nobody
/// could keep to it without knowing.
fn is_archival(file: &File<'_>, catalog: &Dict) -> Result<bool> {
    let Some(intents) = catalog.get(b"OutputIntents") else { return Ok(false) };
    let Object::Array(intents) = file.resolved(intents)? else { return Ok(false) };
    for intent in &intents {
        let Object::Dict(intent) = file.resolved(intent)? else { continue };
        if !intent.get(b"S").is_some_and(|kind| kind.is_name(b"GTS_PDFA1")) {
            continue;
        }
        let profile = match intent.get(b"DestOutputProfile") {
            Some(profile) => file.stream(profile)?,
            None => None,
        };
        let colours = profile.and_then(|(dict, _)| dict.get(b"N").and_then(Object::number));
        let packet = match catalog.get(b"Metadata") {
            Some(metadata) => file.stream(metadata)?,
            None => None,
        };
        let part = packet.and_then(|(_, packet)| part(&packet));
        if colours != Some(3) || !matches!(part, Some(b'2' | b'3')) {
            let message = "appending pages to a PDF/A other than of part 2 or 3 in R, G, B";
            return Err(Error::unsupported(message));
        }
        return Ok(true);
    }
    Ok(false)
}

/// The part of PDF/A that an XMP packet claims, as an element or an attribute.
fn part(packet: &[u8]) -> Option<u8> {
    let name = b"pdfaid:part";
    let at = packet.windows(name.len()).position(|word| word == name)?;
    let rest = packet.get(at + name.len()..)?;
    rest.iter().copied().take(8).find(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::limits::Limits;

    fn open(bytes: Vec<u8>) -> Result<Old> {
        Old::open(&Source::from_bytes(bytes), &Budget::new(Limits::default(), None))
    }

    /// A document of no pages, with these entries in its catalog and its trailer.
    fn document(catalog: &str, trailer: &str) -> Vec<u8> {
        let objects =
            [format!("<</Type/Catalog/Pages 2 0 R{catalog}>>"), "<</Kids[]/Count 0>>".into()];
        let (mut text, mut table) = (String::from("%PDF-1.4\n"), String::new());
        for (index, object) in objects.iter().enumerate() {
            table += &format!("{:010} 00000 n\r\n", text.len());
            text += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
        }
        let start = text.len();
        text += &format!("xref\n0 1\n0000000000 65535 f\r\n1 2\n{table}trailer\n");
        text += &format!("<</Size 3/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n");
        text.into_bytes()
    }

    #[test]
    fn what_new_pages_need_is_found() {
        let old = open(document("", "/ID[<00> <01>]")).unwrap();
        assert_eq!((old.first, old.count, old.catalog.0, old.pages.0), (3, 0, 1, 2));
        assert!(old.is_old && !old.in_streams && !old.archival);
        assert_eq!(old.id, Some(Object::Plain(b"<00>".to_vec())));
        assert!(!open(document("/Version/1.7", "")).unwrap().is_old);
    }

    #[test]
    fn what_cannot_be_continued_is_named() {
        for (catalog, trailer, word) in [
            ("", "/Encrypt<<>>", "encrypted"),
            ("/Perms<<>>", "", "signed"),
            ("/AcroForm<</SigFlags 3>>", "", "signed"),
            ("/OutputIntents[<</S/GTS_PDFA1>>]", "", "PDF/A"),
        ] {
            let error = open(document(catalog, trailer)).err().unwrap();
            assert_eq!(error.kind(), Kind::FeatureUnsupported);
            assert!(error.to_string().contains(word), "{error}");
        }
        assert!(open(document("/AcroForm<</Fields[]>>", "")).is_ok());
        let endless = open(document("", "/Prev 60")).err().unwrap();
        assert_eq!(endless.kind(), Kind::Damaged);
    }

    #[test]
    fn a_file_that_is_cut_or_changed_anywhere_is_damage_or_continued() {
        let bytes = document("", "");
        for len in 0..bytes.len() {
            if let Err(error) = open(bytes[..len].to_vec()) {
                assert_eq!(error.kind(), Kind::Damaged, "{len}: {error}");
            }
            for byte in [0, b'<', b'9', b'R', 0xff] {
                let mut changed = bytes.clone();
                changed[len] = byte;
                let _ = open(changed);
            }
        }
    }
}
