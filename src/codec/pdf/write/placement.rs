//! How large a page is, and where the image lies on it.

use pdf_writer::{Content, Name, Rect};

use crate::codec::Caption;
use crate::codec::pdf::page::POINTS;
use crate::image::Orientation;
use crate::options::{PAGE_SIDE, PageFit, PageSize, PdfOptions};

/// The name of the image within its page.
pub const IMAGE: Name<'static> = Name(b"Im");

/// Dots per inch of a picture that states none: one pixel is one point, the unit of PDF.
const UNSTATED: f64 = POINTS;

/// A page and its image, before the page is turned, in units of the page.
#[derive(Debug, PartialEq)]
pub struct Placement {
    /// Width and height of the page.
    pub size: (f64, f64),
    /// Points of a unit; more than one where a page is longer than readers are sure to show.
    pub unit: f64,
    /// Left, bottom, width and height of the image.
    image: [f64; 4],
    /// What is shown of it, where it hangs over.
    clip: Option<[f64; 4]>,
    /// Degrees that the page is turned clockwise when it is shown.
    pub turned: i32,
    /// Whether left and right of the image change places.
    mirrored: bool,
}

impl Placement {
    /// Places an image as the options want it.
    pub fn of(caption: &Caption<'_>, options: &PdfOptions) -> Self {
        let (angle, mirrored) = Orientation::from_exif(caption.orientation);
        let turned = angle.degrees();
        let picture = points((caption.width, caption.height), caption.resolution);
        let margin = options.margin;
        let lies = turned % 180 != 0;
        let as_stored = |size: (f64, f64)| if lies { (size.1, size.0) } else { size };
        let sheet = match options.page_size {
            PageSize::OfImage => {
                return Self::around(picture, margin, turned, mirrored);
            }
            PageSize::Exactly(width, height) => as_stored((width, height)),
            PageSize::Sheet(width, height) => {
                let (short, long) = (width.min(height), width.max(height));
                if picture.0 > picture.1 { (long, short) } else { (short, long) }
            }
        };
        let area = (sheet.0 - 2.0 * margin, sheet.1 - 2.0 * margin);
        let (width, height) = scaled(picture, area, options.fit);
        let (left, bottom) = ((sheet.0 - width) / 2.0, (sheet.1 - height) / 2.0);
        let clip = (options.fit == PageFit::Cover).then_some([margin, margin, area.0, area.1]);
        let image = [left, bottom, width, height];
        Self { size: sheet, unit: 1.0, image, clip, turned, mirrored }
    }

    /// A page as large as its image with the margins.
    fn around(picture: (f64, f64), margin: f64, turned: i32, mirrored: bool) -> Self {
        let size = (picture.0 + 2.0 * margin, picture.1 + 2.0 * margin);
        let unit = (size.0.max(size.1) / PAGE_SIDE.end()).ceil().max(1.0);
        let image = [margin, margin, picture.0, picture.1].map(|side| side / unit);
        let size = (size.0 / unit, size.1 / unit);
        Self { size, unit, image, clip: None, turned, mirrored }
    }

    /// Makes sides that are shorter than this so long; the image stays in the middle.
    pub fn widen(&mut self, least: f64) {
        let more = [self.size.0, self.size.1].map(|side| (least - side).max(0.0));
        let ([left, bottom, ..], [width, height]) = (&mut self.image, more);
        (*left, *bottom) = (*left + width / 2.0, *bottom + height / 2.0);
        self.size = (self.size.0 + width, self.size.1 + height);
    }

    /// The page.
    pub fn media_box(&self) -> Rect {
        Rect::new(0.0, 0.0, self.size.0 as f32, self.size.1 as f32)
    }

    /// Where a point of the image lies on the page: parts of the way from left to right and from top to bottom, as the
    /// page is shown.
    pub fn point(&self, x: f64, y: f64) -> (f64, f64) {
        let (across, down) = match self.turned {
            90 => (y, 1.0 - x),
            180 => (1.0 - x, 1.0 - y),
            270 => (1.0 - y, x),
            _ => (x, y),
        };
        let [left, bottom, width, height] = self.image;
        (left + across * width, bottom + (1.0 - down) * height)
    }

    /// Draws the image.
    pub fn draw(&self, content: &mut Content) {
        content.save_state();
        if let Some([left, bottom, width, height]) = self.clip {
            content.rect(left as f32, bottom as f32, width as f32, height as f32);
            content.clip_nonzero().end_path();
        }
        let [left, bottom, width, height] = self.image.map(|side| side as f32);
        let (across, left) = if self.mirrored { (-width, left + width) } else { (width, left) };
        content.transform([across, 0.0, 0.0, height, left, bottom]);
        content.x_object(IMAGE);
        content.restore_state();
    }
}

/// The size of a picture by its resolution.
fn points((width, height): (u32, u32), resolution: (f64, f64)) -> (f64, f64) {
    let (x, y) = match resolution {
        (x, y) if x > 0.0 && y > 0.0 => (x, y),
        (dpi, _) | (_, dpi) if dpi > 0.0 => (dpi, dpi),
        _ => (UNSTATED, UNSTATED),
    };
    (f64::from(width) / x * POINTS, f64::from(height) / y * POINTS)
}

fn scaled(picture: (f64, f64), area: (f64, f64), fit: PageFit) -> (f64, f64) {
    let (across, down) = (area.0 / picture.0, area.1 / picture.1);
    let scale = match fit {
        PageFit::Inside => across.min(down),
        PageFit::Shrink => across.min(down).min(1.0),
        PageFit::Cover => across.max(down),
        PageFit::Stretch => return area,
    };
    (picture.0 * scale, picture.1 * scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Metadata;

    fn place(pixels: (u32, u32), resolution: (f64, f64), options: &PdfOptions) -> Placement {
        turned(pixels, resolution, 1, options)
    }

    fn turned(
        (width, height): (u32, u32),
        resolution: (f64, f64),
        orientation: u16,
        options: &PdfOptions,
    ) -> Placement {
        let metadata = &Metadata::default();
        Placement::of(&Caption { width, height, orientation, resolution, metadata }, options)
    }

    #[test]
    fn a_page_is_as_large_as_the_resolution_says() {
        let size = |pixels, dpi| place(pixels, dpi, &PdfOptions::default()).size;
        let letter = (612.0, 792.0);
        assert_eq!(size((2550, 3300), (300.0, 300.0)), letter);
        assert_eq!(size((1700, 3300), (200.0, 300.0)), letter);
        assert_eq!(size((2550, 3300), (0.0, 300.0)), letter);
        assert_eq!(size((612, 792), (0.0, 0.0)), letter);
        let framed = PdfOptions { margin: 36.0, ..PdfOptions::default() };
        let framed = place((720, 72), (72.0, 72.0), &framed);
        assert_eq!((framed.size, framed.image), ((792.0, 144.0), [36.0, 36.0, 720.0, 72.0]));
    }

    #[test]
    fn a_page_longer_than_readers_show_gets_a_larger_unit() {
        let page = place((30_000, 100), (0.0, 0.0), &PdfOptions::default());
        assert_eq!((page.size.0, page.unit), (10_000.0, 3.0));
        assert_eq!(page.image[2], 10_000.0);
    }

    #[test]
    fn an_image_lies_in_the_middle_of_what_the_margins_leave() {
        let on = |fit, pixels| {
            let page_size = PageSize::Exactly(300.0, 500.0);
            let options = PdfOptions { page_size, fit, margin: 50.0, ..PdfOptions::default() };
            let page = place(pixels, (72.0, 72.0), &options);
            assert_eq!(page.size, (300.0, 500.0));
            (page.image, page.clip)
        };
        assert_eq!(on(PageFit::Inside, (100, 100)), ([50.0, 150.0, 200.0, 200.0], None));
        assert_eq!(on(PageFit::Inside, (800, 400)), ([50.0, 200.0, 200.0, 100.0], None));
        assert_eq!(on(PageFit::Shrink, (100, 100)), ([100.0, 200.0, 100.0, 100.0], None));
        assert_eq!(on(PageFit::Shrink, (800, 400)), ([50.0, 200.0, 200.0, 100.0], None));
        let all = [50.0, 50.0, 200.0, 400.0];
        assert_eq!(on(PageFit::Stretch, (7, 9)), (all, None));
        assert_eq!(on(PageFit::Cover, (100, 100)), ([-50.0, 50.0, 400.0, 400.0], Some(all)));
    }

    #[test]
    fn points_of_the_image_are_those_that_are_seen() {
        let upper_left = |orientation| {
            let page = turned((200, 100), (72.0, 72.0), orientation, &PdfOptions::default());
            page.point(0.0, 0.0)
        };
        assert_eq!(upper_left(1), (0.0, 100.0));
        assert_eq!(upper_left(6), (0.0, 0.0));
        assert_eq!(upper_left(3), (200.0, 0.0));
        assert_eq!(upper_left(8), (200.0, 100.0));
    }

    #[test]
    fn a_sheet_lies_as_the_image_is_shown() {
        let on = |orientation, pixels, page_size| {
            let options = PdfOptions { page_size, ..PdfOptions::default() };
            let page = turned(pixels, (72.0, 72.0), orientation, &options);
            (page.size, page.turned)
        };
        assert_eq!(on(1, (100, 200), PageSize::LETTER), ((612.0, 792.0), 0));
        assert_eq!(on(1, (200, 100), PageSize::LETTER), ((792.0, 612.0), 0));
        // Stored wide, shown high.
        assert_eq!(on(6, (200, 100), PageSize::LETTER), ((792.0, 612.0), 90));
        assert_eq!(on(6, (200, 100), PageSize::Exactly(100.0, 300.0)), ((300.0, 100.0), 90));
        assert_eq!(on(3, (200, 100), PageSize::Exactly(100.0, 300.0)), ((100.0, 300.0), 180));
    }
}
