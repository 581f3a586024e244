//! From the pixels that a codec gives to those that were asked for: parts of them, smaller ones, upright ones.

use super::Reader;
use super::plan::Plan;
use super::view::View;
use crate::error::{Kind, Result};
use crate::image::{Orientation, WHITE, convert_into};
use crate::limits::{Budget, Reservation};
use crate::memory;
use crate::options::{ReadOptions, Tolerance};
use crate::pixel::{Canvas, Layout, PixelView, orient};

impl Reader {
    /// Decodes into `to`, through memory of its own only where pixels have to be turned or are planar.
    pub(super) fn fill(
        &mut self,
        page: u32,
        options: &ReadOptions,
        plan: &Plan,
        to: &mut [u8],
        layout: Layout,
        budget: &Budget,
    ) -> Result<Vec<String>> {
        if !plan.needs_stage() {
            let warnings = self.see(page, options, plan, to, layout, budget)?;
            if plan.mirrored {
                orient::flip_horizontal(to, layout);
            }
            return Ok(warnings);
        }
        let staged = plan.staged()?;
        let (mut stage, _booked) = stage(staged, budget)?;
        let warnings = self.see(page, options, plan, &mut stage, staged, budget)?;
        if plan.mirrored {
            orient::flip_horizontal(&mut stage, staged);
        }
        let view = PixelView::new(&stage, staged)?;
        if plan.turn == Orientation::Upright {
            convert_into(&view, to, layout, WHITE, budget)?;
        } else if staged.format == layout.format {
            orient::rotate(&view, plan.turn.degrees(), to, layout, budget)?;
        } else {
            let turned = Layout::tight(layout.width, layout.height, staged.format)?;
            let (mut upright, _booked) = self::stage(turned, budget)?;
            orient::rotate(&view, plan.turn.degrees(), &mut upright, turned, budget)?;
            convert_into(&PixelView::new(&upright, turned)?, to, layout, WHITE, budget)?;
        }
        Ok(warnings)
    }

    /// Decodes what is asked for of the page: all of it directly, else out of memory of its own.
    fn see(
        &mut self,
        page: u32,
        options: &ReadOptions,
        plan: &Plan,
        to: &mut [u8],
        layout: Layout,
        budget: &Budget,
    ) -> Result<Vec<String>> {
        let Some(view) = &plan.view else {
            return self.decode(page, options, to, layout, budget);
        };
        if let Some((by, rest)) = view.squares()
            && let Some(warnings) =
                self.see_reduced(page, options, (by, rest), to, layout, budget)?
        {
            return Ok(warnings);
        }
        let whole = view.whole(layout.format)?;
        let (mut stage, _booked) = stage(whole, budget)?;
        let warnings = self.decode(page, options, &mut stage, whole, budget)?;
        view.apply(&PixelView::new(&stage, whole)?, to, layout, budget)?;
        Ok(warnings)
    }

    /// The same of a codec that gives means of squares, if it does.
    fn see_reduced(
        &mut self,
        page: u32,
        options: &ReadOptions,
        (by, rest): (u32, Option<View>),
        to: &mut [u8],
        layout: Layout,
        budget: &Budget,
    ) -> Result<Option<Vec<String>>> {
        let Some(view) = rest else {
            return self.decode_by(page, options, by, to, layout, budget);
        };
        let whole = view.whole(layout.format)?;
        let (mut stage, _booked) = stage(whole, budget)?;
        let warnings = self.decode_by(page, options, by, &mut stage, whole, budget)?;
        if warnings.is_some() {
            view.apply(&PixelView::new(&stage, whole)?, to, layout, budget)?;
        }
        Ok(warnings)
    }

    fn decode(
        &mut self,
        page: u32,
        options: &ReadOptions,
        to: &mut [u8],
        layout: Layout,
        budget: &Budget,
    ) -> Result<Vec<String>> {
        self.decode_by(page, options, 1, to, layout, budget).map(Option::unwrap_or_default)
    }

    /// Decodes, each pixel the mean of a square of `by`; `None` where the codec does not do that.
    fn decode_by(
        &mut self,
        page: u32,
        options: &ReadOptions,
        by: u32,
        to: &mut [u8],
        layout: Layout,
        budget: &Budget,
    ) -> Result<Option<Vec<String>>> {
        let mut canvas = Canvas::new(to, layout, WHITE, budget)?;
        let outcome = match by {
            1 => self.pages.decode(page, options, &mut canvas).map(|()| true),
            _ => self.pages.decode_reduced(page, options, by, &mut canvas),
        };
        let error = match outcome {
            Ok(false) => return Ok(None),
            Ok(true) => {
                budget.advance(u64::from(layout.height), u64::from(layout.height))?;
                return Ok(Some(canvas.take_warnings()));
            }
            Err(error) => error,
        };
        let rows = canvas.rows_filled();
        let error = self.source.take_failure().unwrap_or(error);
        let recoverable = matches!(error.kind(), Kind::Damaged | Kind::Io) && rows > 0;
        if options.tolerance == Tolerance::Recover && recoverable {
            let mut warnings = canvas.take_warnings();
            warnings.push(format!(
                "{} (at most {rows} of {} rows were read)",
                error.message(),
                layout.height
            ));
            return Ok(Some(warnings));
        }
        Err(error)
    }
}

fn stage(layout: Layout, budget: &Budget) -> Result<(memory::PixelBuffer, Reservation)> {
    let booked = budget.reserve(layout.size() as u64)?;
    Ok((memory::PixelBuffer::zeroed(layout.size())?, booked))
}
