//! Macroblocks of a row, from their modes and coefficients to samples.

use super::edges::Edges;
use super::modes::Luma;
use super::predict::{LEFT, V, Work};
use super::tokens::Context;
use super::{Above, Decoder, cut};
use crate::error::Result;

/// Makes the macroblocks of a row, whose modes were read, and puts them in their planes.
#[inline(always)]
pub(super) fn decode(decoder: &mut Decoder<'_, '_>, row: u32) -> Result<()> {
    let turn = row as usize % decoder.coefficients.len().max(1);
    let Some(bools) = decoder.coefficients.get_mut(turn) else { return Err(cut(row)) };
    let header = &decoder.header;
    let mut left = Context::default();
    decoder.edges.clear();
    for (column, block) in decoder.blocks.iter().enumerate() {
        let has_y2 = matches!(block.luma, Luma::Whole(_));
        let segment = block.segment & 3;
        let (above, after) = match decoder.above.get_mut(column..) {
            Some([above, after @ ..]) => (above, after.first()),
            _ => return Err(cut(row)),
        };
        let mut filled = false;
        decoder.residual.clear();
        if block.skipped {
            above.context.skip(has_y2);
            left.skip(has_y2);
        } else {
            let steps = &header.steps[segment];
            let contexts = (&mut above.context, &mut left);
            filled = decoder.residual.read(bools, &header.probabilities, steps, has_y2, contexts);
            if bools.ended() {
                return Err(cut(row));
            }
        }
        decoder.work.begin(column == 0, row == 0);
        set_above(&mut decoder.work, above, after, row == 0);
        decoder.work.fill(block, &decoder.residual, (column > 0, row > 0));
        decoder.planes.put(column, &decoder.work);
        keep(&decoder.work, above);
        let strength = header.strengths[segment][usize::from(!has_y2)];
        decoder.edges.push(Edges { strength, inner: filled || !has_y2 });
    }
    Ok(())
}

/// Puts the samples above a macroblock in place, those above the next one to the right of them.
fn set_above(work: &mut Work, above: &Above, after: Option<&Above>, at_top: bool) {
    let (y, u, v, more) = match (at_top, after) {
        (true, _) => ([127; 16], [127; 8], [127; 8], [127; 4]),
        (false, Some(after)) => {
            (above.y, above.u, above.v, [0, 1, 2, 3].map(|at: usize| after.y[at]))
        }
        (false, None) => (above.y, above.u, above.v, [above.y[15]; 4]),
    };
    work.y[0][LEFT..LEFT + 16].copy_from_slice(&y);
    work.y[0][LEFT + 16..LEFT + 20].copy_from_slice(&more);
    work.uv[0][LEFT..LEFT + 8].copy_from_slice(&u);
    work.uv[0][V..V + 8].copy_from_slice(&v);
}

/// Keeps what is above the macroblock below.
fn keep(work: &Work, above: &mut Above) {
    above.y.copy_from_slice(&work.y[16][LEFT..LEFT + 16]);
    above.u.copy_from_slice(&work.uv[8][LEFT..LEFT + 8]);
    above.v.copy_from_slice(&work.uv[8][V..V + 8]);
}
