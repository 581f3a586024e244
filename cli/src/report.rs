//! What is said, where, and with which exit code.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

/// Says on standard error what went wrong.
pub fn complain(what: impl Display) {
    eprintln!("dio: {what}");
}

/// Exit code 1 if anything failed.
pub fn exit_code(failed: bool) -> ExitCode {
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Prints to standard output. A reader that has seen enough is no failure. Returns whether it failed.
pub fn print(text: &str) -> bool {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(format_args!("standard output: {error}"));
            true
        }
        _ => false,
    }
}

/// Columns as wide as their widest cell, two spaces apart.
pub fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let widths: [usize; N] = std::array::from_fn(|column| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
    });
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("{cell:width$}  "));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_lines_end_where_their_text_does() {
        let rows = [["a", "b"], ["four", ""]].map(|row| row.map(String::from));
        assert_eq!(table(&rows), "a     b\nfour\n");
    }
}
