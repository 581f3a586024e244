//! How PDF documents and their pages are made.

use clap::Args;
use dio::options::{PageFit, PageSize, PdfInfo, PdfOptions, PdfStandard};

use crate::options::choice;

#[derive(Args)]
pub struct PdfArguments {
    /// PDF: a3, a4, a5, letter, legal, or width and height in points [default: auto, that of the image]
    #[arg(long, value_name = "NAME|WxH", value_parser = page_size)]
    page_size: Option<PageSize>,
    /// PDF: how the image lies on such a page: inside, shrink, cover or stretch [default: inside]
    #[arg(long, value_name = "NAME", value_parser = fit)]
    page_fit: Option<PageFit>,
    /// PDF: points that are left free at each edge of the page [default: 0]
    #[arg(long, value_name = "N")]
    margin: Option<f64>,
    /// PDF: the title of the document
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// PDF: who wrote it
    #[arg(long, value_name = "TEXT")]
    author: Option<String>,
    /// PDF: what it is about
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    /// PDF: words to find it by
    #[arg(long, value_name = "TEXT")]
    keywords: Option<String>,
    /// PDF: keeps to PDF/A-2b, for archives
    #[arg(long)]
    pdfa: bool,
}

impl PdfArguments {
    pub fn options(&self) -> PdfOptions {
        PdfOptions {
            page_size: self.page_size.unwrap_or_default(),
            fit: self.page_fit.unwrap_or_default(),
            margin: self.margin.unwrap_or(0.0),
            info: PdfInfo {
                title: self.title.clone(),
                author: self.author.clone(),
                subject: self.subject.clone(),
                keywords: self.keywords.clone(),
                ..PdfInfo::default()
            },
            standard: if self.pdfa { PdfStandard::A2b } else { PdfStandard::Pdf },
            ..PdfOptions::default()
        }
    }
}

fn page_size(text: &str) -> Result<PageSize, String> {
    let sides = text.split_once(['x', 'X']);
    if let Some((Ok(width), Ok(height))) = sides.map(|(w, h)| (w.parse(), h.parse())) {
        return Ok(PageSize::Exactly(width, height));
    }
    let sizes = [
        ("auto", PageSize::OfImage),
        ("a3", PageSize::A3),
        ("a4", PageSize::A4),
        ("a5", PageSize::A5),
        ("letter", PageSize::LETTER),
        ("legal", PageSize::LEGAL),
    ];
    choice(text, &sizes).map_err(|known| format!("{known}, and sizes such as 300x200"))
}

fn fit(text: &str) -> Result<PageFit, String> {
    let fits = [
        ("inside", PageFit::Inside),
        ("shrink", PageFit::Shrink),
        ("cover", PageFit::Cover),
        ("stretch", PageFit::Stretch),
    ];
    choice(text, &fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_go_by_name_or_sides() {
        assert_eq!(page_size("A4"), Ok(PageSize::A4));
        assert_eq!(page_size("300x200.5"), Ok(PageSize::Exactly(300.0, 200.5)));
        assert!(page_size("b4").unwrap_err().contains("letter"));
        assert_eq!(fit("cover"), Ok(PageFit::Cover));
    }
}
