//! The loop that most symbols go through, for the instructions of the processor at hand: plain Rust, compiled twice. Shifts
//! by any number of bits take a third of the work with BMI2. Both give the same bytes. And the copies within.

#![allow(
    unsafe_code,
    reason = "code for BMI2 is called after a look at the processor, and matches are copied after one check"
)]

use super::fast::{self, Lane, Stop};
use super::{Damaged, SLACK};

/// A loop for what every processor has, and for BMI2.
macro_rules! twice {
    ($name:ident($($argument:ident: $kind:ty),*) -> $gives:ty, $what:expr) => {
        pub fn $name($($argument: $kind),*) -> $gives {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "bmi1,bmi2")]
                fn bmi2($($argument: $kind),*) -> $gives {
                    $what
                }
                if std::arch::is_x86_feature_detected!("bmi1")
                    && std::arch::is_x86_feature_detected!("bmi2")
                {
                    // SAFETY: the processor has BMI1 and BMI2.
                    return unsafe { bmi2($($argument),*) };
                }
            }
            $what
        }
    };
}

twice!(one(lane: &mut Lane<'_>) -> Result<Stop, Damaged>, fast::one::<false>(lane));
twice!(one_with_pairs(lane: &mut Lane<'_>) -> Result<Stop, Damaged>, fast::one::<true>(lane));
twice!(two(first: &mut Lane<'_>, second: &mut Lane<'_>) -> (bool, Result<Stop, Damaged>), fast::two(first, second));

/// Copies a match of up to 258 bytes, and some bytes after it. False, and nothing is copied, where it does not lie within
/// the bytes before `out`, or where there are less than [`SLACK`] after.
#[inline(always)]
pub fn copy(buffer: &mut [u8], out: usize, len: usize, distance: usize) -> bool {
    const { assert!(SLACK >= 258 + 16) };
    let is_there = distance.wrapping_sub(1) < out && len <= 258;
    if !is_there || out > buffer.len() || buffer.len() - out < SLACK {
        return false;
    }
    let to = buffer.as_mut_ptr();
    // SAFETY: `out` is within the buffer.
    let to = unsafe { to.add(out) };
    // SAFETY: `distance` is from 1 to `out`, at least SLACK bytes follow `out`, and `len` is 258 at the most. No reference
    // to the buffer is used meanwhile.
    unsafe { copy_unchecked(to, len, distance) };
    true
}

/// # Safety
///
/// `distance` bytes before `to` can be read, and 32 bytes from `to` on and 16 after `to + len` written.
#[inline(always)]
#[allow(clippy::multiple_unsafe_ops_per_block, reason = "steps of a load and a store")]
unsafe fn copy_unchecked(to: *mut u8, len: usize, distance: usize) {
    // SAFETY: what is done without a look at `len` is within the first 32 bytes, and every other step begins before `len`
    // and takes 16 bytes at the most.
    unsafe {
        let from = to.sub(distance);
        // Most matches are short: it is faster not to ask how short.
        if distance >= 16 {
            step::<16>(from, to, 0);
            step::<16>(from, to, 16);
            if len > 32 {
                steps::<16>(from, to, 32, len);
            }
        } else if distance >= 8 {
            step::<8>(from, to, 0);
            step::<8>(from, to, 8);
            if len > 16 {
                steps::<8>(from, to, 16, len);
            }
        } else {
            repeat(from, to, len, distance);
        }
    }
}

/// # Safety
///
/// `N` bytes at `at` can be read and written.
#[inline(always)]
#[allow(clippy::multiple_unsafe_ops_per_block, reason = "a place and what is done there")]
unsafe fn step<const N: usize>(from: *const u8, to: *mut u8, at: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        let bytes = from.add(at).cast::<[u8; N]>().read_unaligned();
        to.add(at).cast::<[u8; N]>().write_unaligned(bytes);
    }
}

/// Long matches, which are rare: a loop that would only be in the way of the others.
///
/// # Safety
///
/// Bytes up to `N` after `len` can be read and written.
#[inline(never)]
unsafe fn steps<const N: usize>(from: *const u8, to: *mut u8, mut at: usize, len: usize) {
    while at < len {
        // SAFETY: `at` is less than `len`.
        unsafe { step::<N>(from, to, at) };
        at += N;
    }
}

/// Repeats up to 7 bytes: a word of them, as often as it takes.
///
/// # Safety
///
/// 8 bytes from `from` on can be read, those up to 8 after `len` written, and 32 at least.
#[inline(always)]
unsafe fn repeat(from: *const u8, to: *mut u8, len: usize, distance: usize) {
    /// The most bytes of a word that are whole repetitions.
    const STEPS: [usize; 8] = [8, 8, 8, 6, 8, 5, 6, 7];
    // SAFETY: the caller's promise.
    let word = u64::from_le(unsafe { from.cast::<u64>().read_unaligned() });
    let bits = (8 * distance) as u32 & 63;
    let mut word = word & !(u64::MAX << bits);
    word |= word << bits;
    if distance < 4 {
        word |= word << (2 * bits);
        word |= word.checked_shl(4 * bits).unwrap_or(0);
    }
    let bytes = word.to_le_bytes();
    let distance = STEPS[distance % 8];
    for at in [0, distance, 2 * distance] {
        // SAFETY: within the first 24 bytes.
        unsafe { put(to, at, bytes) };
    }
    let mut at = 3 * distance;
    while at < len {
        // SAFETY: `at` is less than `len`.
        unsafe { put(to, at, bytes) };
        at += distance;
    }
}

/// # Safety
///
/// 8 bytes at `at` can be written.
#[inline(always)]
#[allow(clippy::multiple_unsafe_ops_per_block, reason = "a place and what is done there")]
unsafe fn put(to: *mut u8, at: usize, bytes: [u8; 8]) {
    // SAFETY: the caller's promise.
    unsafe { to.add(at).cast::<[u8; 8]>().write_unaligned(bytes) };
}
