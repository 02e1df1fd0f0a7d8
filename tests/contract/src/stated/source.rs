//! What a source says: a constant of a Rust file, a value of the template or of a TOML file.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ImplItem, ItemConst, ItemImpl, Lit, Type};
use toml_edit::{DocumentMut, Item};

use super::figure::Figure;

/// The files that sources name. One of YAML takes long to parse, so that is done once.
pub struct Sources<'a> {
    root: &'a Path,
    parsed: RefCell<BTreeMap<String, Value>>,
}

impl<'a> Sources<'a> {
    /// Those of the repository at `root`.
    pub fn new(root: &'a Path) -> Self {
        Self { root, parsed: RefCell::default() }
    }

    /// The value of a source, as milliseconds, bytes or a plain number: `FILE WHERE`, then a unit, or operators
    /// with numbers and constants. Only looked for is a text (`FILE says TEXT`). Nothing is compared with a page
    /// or a package of others (`https://…`, `package: …`) or a `guess: …`.
    pub fn value(&self, source: &str) -> Result<Option<f64>, String> {
        if ["https://", "package: ", "guess: "].iter().any(|kind| source.starts_with(kind)) {
            return Ok(None);
        }
        if let Some((file, says)) = source.split_once(" says ") {
            let lacks = || format!("names {file}, which lacks \"{says}\"");
            return if self.text(file)?.contains(says) { Ok(None) } else { Err(lacks()) };
        }
        let mut words = source.split(' ');
        let file = words.next().unwrap_or_default();
        let text = self.text(file)?;
        let at = |place: &str| {
            let found = match Path::new(file).extension().and_then(|kind| kind.to_str()) {
                Some("rs") => constant(&text, place),
                Some("yaml") => self.of_yaml(file, &text, place),
                Some("toml") => of_toml(&text, place),
                _ => None,
            };
            let plain = || place.parse().ok();
            found.or_else(plain).ok_or_else(|| format!("names {file} {place}, which is no number"))
        };
        let mut value = at(words.next().unwrap_or_default())?;
        while let Some(word) = words.next() {
            let mut operand = || at(words.next().unwrap_or_default());
            value = match word {
                "+" => value + operand()?,
                "-" => value - operand()?,
                "*" => value * operand()?,
                "/" => value / operand()?,
                unit => {
                    let unit = Figure::of_unit(unit);
                    value * unit.ok_or_else(|| format!("has an unknown unit in \"{source}\""))?
                }
            };
        }
        Ok(Some(value))
    }

    fn text(&self, file: &str) -> Result<String, String> {
        let text = std::fs::read_to_string(self.root.join(file));
        text.map_err(|error| format!("names {file}, which can't be read: {error}"))
    }

    fn of_yaml(&self, file: &str, text: &str, place: &str) -> Option<f64> {
        let mut parsed = self.parsed.borrow_mut();
        if !parsed.contains_key(file) {
            parsed.insert(file.to_owned(), template::yaml::parse(text).ok()?);
        }
        number(parsed.get(file)?.pointer(place)?)
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn of_toml(text: &str, place: &str) -> Option<f64> {
    let document: DocumentMut = text.parse().ok()?;
    let mut item = document.as_item();
    for name in place.split('.') {
        item = item.get(name)?;
    }
    let whole =
        |item: &Item| item.as_integer().and_then(|it| i32::try_from(it).ok()).map(f64::from);
    item.as_float().or_else(|| whole(item))
}

/// Every constant of a file, wherever it stands: `NAME`, in an `impl` also `Type::NAME`.
#[derive(Default)]
struct Constants(BTreeMap<String, Expr>);

impl<'ast> Visit<'ast> for Constants {
    fn visit_item_const(&mut self, item: &'ast ItemConst) {
        self.0.entry(item.ident.to_string()).or_insert_with(|| (*item.expr).clone());
        visit::visit_item_const(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let of = match &*item.self_ty {
            Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        };
        for inner in &item.items {
            if let (ImplItem::Const(inner), Some(of)) = (inner, &of) {
                for name in [format!("{of}::{}", inner.ident), inner.ident.to_string()] {
                    self.0.entry(name).or_insert_with(|| inner.expr.clone());
                }
            }
        }
        visit::visit_item_impl(self, item);
    }
}

fn constant(text: &str, name: &str) -> Option<f64> {
    let mut constants = Constants::default();
    constants.visit_file(&syn::parse_file(text).ok()?);
    constants.value(constants.0.get(name)?)
}

impl Constants {
    /// The value of an expression; of a duration in milliseconds.
    fn value(&self, expression: &Expr) -> Option<f64> {
        match expression {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Int(number) => number.base10_parse::<u32>().ok().map(f64::from),
                Lit::Float(number) => number.base10_parse().ok(),
                _ => None,
            },
            Expr::Paren(inner) => self.value(&inner.expr),
            Expr::Binary(both) => {
                let (left, right) = (self.value(&both.left)?, self.value(&both.right)?);
                match both.op {
                    BinOp::Add(_) => Some(left + right),
                    BinOp::Mul(_) => Some(left * right),
                    BinOp::Shl(_) => Some(left * right.exp2()),
                    _ => None,
                }
            }
            Expr::Path(path) => {
                let name = path.path.segments.last()?.ident.to_string();
                self.value(self.0.get(&name)?)
            }
            Expr::Call(call) => {
                let Expr::Path(function) = &*call.func else { return None };
                let unit = match function.path.segments.last()?.ident.to_string().as_str() {
                    "from_millis" => "ms",
                    "from_secs" => "seconds",
                    "from_mins" => "minutes",
                    "from_hours" => "hours",
                    _ => return None,
                };
                Some(self.value(call.args.first()?)? * Figure::of_unit(unit)?)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_of_all_forms_are_read() {
        let text = "const A: Duration = Duration::from_hours(7 * 24);
            impl B { const C: usize = 64 * 1024; pub const D: u8 = 1 << 2; }
            impl H { const C: usize = 7; }
            fn f() { const E: f64 = 0.5; const F: usize = 2 * C; }
            const G: &str = \"g\";";
        for (name, value) in [
            ("A", 604_800_000.0),
            ("C", 65_536.0),
            ("H::C", 7.0),
            ("D", 4.0),
            ("E", 0.5),
            ("F", 131_072.0),
        ] {
            assert_eq!(constant(text, name), Some(value), "{name}");
        }
        assert_eq!([constant(text, "G"), constant(text, "I")], [None, None]);
    }
}
