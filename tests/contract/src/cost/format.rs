//! Numbers as the tables show them.

use std::borrow::Borrow;

/// Dollars: cents below a hundred, whole ones from there on.
pub fn dollars(amount: f64) -> String {
    if amount == 0.0 {
        "$0".to_owned()
    } else if amount < 0.005 {
        "< $0.01".to_owned()
    } else if amount < 100.0 {
        format!("${amount:.2}")
    } else {
        format!("${}", count(amount))
    }
}

/// A whole number with commas between thousands.
pub fn count(number: f64) -> String {
    thousands(&format!("{number:.0}"))
}

/// Digits with commas between thousands.
pub fn thousands(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number without needless zeros: `2`, `0.5`.
pub fn plain(number: f64) -> String {
    if number >= 1_000.0 { count(number) } else { number.to_string() }
}

/// A row of a table.
pub fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// The two lines above a table's rows.
pub fn head<S: Borrow<str>>(cells: &[S]) -> String {
    format!("| {} |\n|{}\n", cells.join(" | "), "---|".repeat(cells.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_a_reader_reads_them() {
        assert_eq!([0.0, 0.001, 0.375, 99.99].map(dollars), ["$0", "< $0.01", "$0.38", "$99.99"]);
        assert_eq!([100.0, 1234.4, 1e6].map(dollars), ["$100", "$1,234", "$1,000,000"]);
        assert_eq!(
            [0.0, 999.0, 1000.0, 12_345_678.0].map(count),
            ["0", "999", "1,000", "12,345,678"]
        );
        assert_eq!([0.5, 2.0, 40_000.0].map(plain), ["0.5", "2", "40,000"]);
        assert_eq!(head(&["a", "b"]), "| a | b |\n|---|---|\n");
        assert_eq!(row(&["c".to_owned(), "d".to_owned()]), "| c | d |\n");
    }
}
