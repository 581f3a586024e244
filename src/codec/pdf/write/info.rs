//! What a document says of itself: the information dictionary, and the same as XMP.

use pdf_writer::{Chunk, Finish, Name, Ref, TextStr};

use crate::options::{PdfInfo, SaveOptions};

/// The producer that is named where the options name none.
const OURS: &str = "libdio";

/// The information of a document.
pub struct Info {
    info: PdfInfo,
    /// `YYYY:MM:DD HH:MM:SS`, as the options have it.
    date: Option<String>,
}

impl Info {
    /// As the options of the document state it.
    pub fn of(options: &SaveOptions) -> Self {
        Self { info: options.pdf.info.clone(), date: options.date_time.clone() }
    }

    /// Whether there is anything that a caller asked for.
    pub fn is_stated(&self) -> bool {
        self.date.is_some() || self.info != PdfInfo::default()
    }

    fn producer(&self) -> &str {
        self.info.producer.as_deref().unwrap_or(OURS)
    }

    /// The information dictionary.
    pub fn dictionary(&self, id: Ref) -> Chunk {
        let mut chunk = Chunk::new();
        let mut dict = chunk.indirect(id).dict();
        for (name, text) in self.info.entries() {
            if let Some(text) = text.filter(|_| name != "Producer") {
                dict.pair(Name(name.as_bytes()), TextStr(text));
            }
        }
        dict.pair(Name(b"Producer"), TextStr(self.producer()));
        if let Some(date) = &self.date {
            let digits: String = date.chars().filter(char::is_ascii_digit).collect();
            let date = format!("D:{digits}");
            dict.pair(Name(b"CreationDate"), TextStr(&date)).pair(Name(b"ModDate"), TextStr(&date));
        }
        dict.finish();
        chunk
    }

    /// The same as an XMP packet (ISO 16684-1), with what else there is to claim.
    pub fn xmp(&self, claims: &str) -> String {
        let mut properties = String::new();
        let mut say = |name: &str, before: &str, text: Option<&str>, after: &str| {
            if let Some(text) = text {
                let text = escaped(text);
                properties.push_str(&format!("<{name}>{before}{text}{after}</{name}>\n"));
            }
        };
        let (alt, alt_end) = (r#"<rdf:Alt><rdf:li xml:lang="x-default">"#, "</rdf:li></rdf:Alt>");
        let info = &self.info;
        say("dc:title", alt, info.title.as_deref(), alt_end);
        let (list, list_end) = ("<rdf:Seq><rdf:li>", "</rdf:li></rdf:Seq>");
        say("dc:creator", list, info.author.as_deref(), list_end);
        say("dc:description", alt, info.subject.as_deref(), alt_end);
        say("pdf:Keywords", "", info.keywords.as_deref(), "");
        say("pdf:Producer", "", Some(self.producer()), "");
        say("xmp:CreatorTool", "", info.creator.as_deref(), "");
        let date = self.date.as_ref().map(|date| date.replacen(':', "-", 2).replace(' ', "T"));
        say("xmp:CreateDate", "", date.as_deref(), "");
        say("xmp:ModifyDate", "", date.as_deref(), "");
        format!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
             <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
             <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
             <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
             xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" \
             xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n\
             {properties}{claims}</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>"
        )
    }
}

fn escaped(text: &str) -> String {
    // A bare carriage return would be read as a line feed.
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('\r', "&#13;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_dates_are_said_twice() {
        let options =
            SaveOptions { date_time: Some("2026:01:02 03:04:05".into()), ..SaveOptions::default() };
        let mut info = Info::of(&options);
        assert!(info.is_stated());
        info.info.title = Some("A & <B>".into());
        let text = String::from_utf8(info.dictionary(Ref::new(3)).as_bytes().to_vec()).unwrap();
        assert!(text.contains("/Title (A & <B>)") && text.contains("(D:20260102030405)"), "{text}");
        let xmp = info.xmp("");
        assert!(
            xmp.contains(">A &amp; &lt;B&gt;<") && xmp.contains(">2026-01-02T03:04:05<"),
            "{xmp}"
        );
        assert!(!Info::of(&SaveOptions::default()).is_stated());
    }
}
