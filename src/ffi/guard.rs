//! Keeps panics inside Rust and remembers why the last call failed.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use super::{DIO_EC_OK, DIO_ErrorCode};
use crate::error::{Error, Kind, Result};

thread_local! {
    static LAST_ERROR: RefCell<CString> = RefCell::default();
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Threads of these names belong to a guarded call.
const OWN_THREADS: [&str; 2] = ["dio", "dio-pdf"];

/// Runs the body of an exported function and turns its outcome into a code.
pub(super) fn guard(body: impl FnOnce() -> Result<()>) -> DIO_ErrorCode {
    silence_panics();
    let outer = GUARDED.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(body));
    GUARDED.set(outer);
    match outcome.unwrap_or_else(|panic| Err(Error::new(Kind::Internal, said(&*panic)))) {
        Ok(()) => DIO_EC_OK,
        Err(error) => {
            let code = DIO_ErrorCode::from(&error);
            let message = error.to_string().replace('\0', "?");
            // Fails only while the thread ends, when nobody can ask any more.
            let _ =
                LAST_ERROR.try_with(|last| last.replace(CString::new(message).unwrap_or_default()));
            code
        }
    }
}

/// Nothing is printed: what a panic says is in the message of the call. Panics elsewhere in a program that links the
/// static library are reported as before.
fn silence_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |panic| {
            let own = GUARDED.try_with(Cell::get).unwrap_or(true);
            let thread = std::thread::current();
            if !own && !thread.name().is_some_and(|name| OWN_THREADS.contains(&name)) {
                others(panic);
            }
        }));
    });
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("internal error: {}", text.unwrap_or("the library panicked"))
}

/// Explains the last failed call of this thread.
///
/// Never NULL; empty while no call has failed. The text is UTF-8, names the file, format, page and byte offset where
/// they are known, stays valid until the next failed call on the same thread, and must not be freed.
#[unsafe(no_mangle)]
pub extern "C" fn DIO_GetLastErrorMessage() -> *const c_char {
    LAST_ERROR.try_with(|message| message.borrow().as_ptr()).unwrap_or(c"".as_ptr())
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use super::*;
    use crate::ffi::DIO_EC_INTERNAL;

    #[test]
    fn a_panic_becomes_a_code_and_a_message() {
        assert_eq!(guard(|| panic!("on purpose")), DIO_EC_INTERNAL);
        // SAFETY: the message is a C string that lives until the next failure.
        let message = unsafe { CStr::from_ptr(DIO_GetLastErrorMessage()) };
        assert_eq!(message.to_str().unwrap(), "internal error: on purpose");
    }

    #[test]
    fn a_success_leaves_the_message_alone() {
        assert_ne!(guard(|| Err(Error::damaged("first"))), DIO_EC_OK);
        assert_eq!(guard(|| Ok(())), DIO_EC_OK);
        // SAFETY: as above.
        let message = unsafe { CStr::from_ptr(DIO_GetLastErrorMessage()) };
        assert_eq!(message.to_str().unwrap(), "first");
    }
}
