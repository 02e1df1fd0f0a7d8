//! No files of `shared` use each other in a circle. A module and its own submodules may: the module
//! exports what they define, and they use what it defines.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Finding;
use crate::source::Source;

type Graph<'a> = BTreeMap<&'a [String], BTreeSet<&'a [String]>>;

/// Reports each circle once, at the first of its files.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let files: Vec<(Vec<String>, &Source)> = sources
        .iter()
        .filter(|source| !source.is_test())
        .filter_map(|source| Some((module(&source.file)?, source)))
        .collect();
    let graph = graph(&files);
    let mut seen: BTreeSet<&[String]> = BTreeSet::new();
    let mut findings = Vec::new();
    for (own, source) in &files {
        if seen.contains(own.as_slice()) {
            continue;
        }
        let circle = circle(&graph, own);
        if circle.len() > 1 {
            let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
            findings.push(Finding::new(
                &source.file,
                format!("is in a circle of files that use each other: {}", names.join(", ")),
                "move what they share to a file of its own",
            ));
        }
        seen.extend(circle);
    }
    findings
}

/// `store/user.rs` is the module `store::user`.
fn module(file: &str) -> Option<Vec<String>> {
    let inner = file.strip_prefix("shared/src/")?.strip_suffix(".rs")?;
    (inner != "lib").then(|| inner.split('/').map(str::to_owned).collect())
}

fn graph<'a>(files: &'a [(Vec<String>, &Source)]) -> Graph<'a> {
    let known: BTreeMap<&[String], &Source> =
        files.iter().map(|(module, source)| (module.as_slice(), *source)).collect();
    let mut graph = Graph::new();
    for (own, source) in files {
        let used = source.paths.iter().filter_map(|path| target(&known, own, path));
        let others = used.filter(|other| !other.starts_with(own) && !own.starts_with(other));
        graph.insert(own, others.collect());
    }
    graph
}

/// The file that a path leads to from the module `own`, through one export if need be.
fn target<'a>(
    known: &BTreeMap<&'a [String], &'a Source>,
    own: &[String],
    path: &[String],
) -> Option<&'a [String]> {
    let path = absolute(known, own, path)?;
    let (module, rest) = longest(known, &path)?;
    let Some(name) = rest.first() else {
        return Some(module);
    };
    let exported = known.get(module)?.paths.iter().filter(|path| path.last() == Some(name));
    let mut exported = exported.filter_map(|path| {
        let (inner, _) = longest(known, &absolute(known, module, path)?)?;
        (inner.len() > module.len()).then_some(inner)
    });
    exported.next().or(Some(module))
}

/// The path from the crate's root; none of another crate's.
fn absolute(
    known: &BTreeMap<&[String], &Source>,
    own: &[String],
    path: &[String],
) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some([own, rest].concat()),
        "super" => {
            let supers = path.iter().take_while(|name| *name == "super").count();
            let parent = own.get(..own.len().checked_sub(supers)?)?;
            Some([parent, path.get(supers..)?].concat())
        }
        _ => {
            let child = [own, std::slice::from_ref(first)].concat();
            known.contains_key(child.as_slice()).then(|| [own, path].concat())
        }
    }
}

/// The file whose module has the longest part of the path, and what is left of it.
fn longest<'a>(
    known: &BTreeMap<&'a [String], &Source>,
    path: &[String],
) -> Option<(&'a [String], Vec<String>)> {
    (1..=path.len()).rev().find_map(|length| {
        let (module, rest) = path.split_at_checked(length)?;
        let (module, _) = known.get_key_value(module)?;
        Some((*module, rest.to_vec()))
    })
}

/// The modules that `own` reaches and that reach it, itself among them.
fn circle<'a>(graph: &Graph<'a>, own: &'a [String]) -> Vec<&'a [String]> {
    let reached = reach(graph, own);
    let is_back = |other: &&&'a [String]| **other == own || reach(graph, other).contains(own);
    let mut circle: Vec<&[String]> = reached.iter().filter(is_back).copied().collect();
    circle.sort_unstable();
    circle
}

fn reach<'a>(graph: &Graph<'a>, from: &'a [String]) -> BTreeSet<&'a [String]> {
    let (mut found, mut next) = (BTreeSet::from([from]), vec![from]);
    while let Some(module) = next.pop() {
        let used = graph.get(module).into_iter().flatten();
        next.extend(used.filter(|other| found.insert(**other)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> = files
            .iter()
            .map(|(file, text)| Source::parse(&format!("shared/src/{file}"), text).unwrap())
            .collect();
        check(&sources).into_iter().map(|finding| finding.says).collect()
    }

    #[test]
    fn a_circle_of_neighbours_is_found() {
        let [a, b, c] = [
            ("s/a.rs", "use super::b::B;"),
            ("s/b.rs", "use crate::s::c::C;"),
            ("s/c.rs", "use super::a::A;"),
        ];
        let says = "is in a circle of files that use each other: s::a, s::b, s::c";
        assert_eq!(found(&[("s.rs", ""), a, b, c]), [says]);
        assert!(found(&[("s.rs", ""), a, b, ("s/c.rs", "")]).is_empty());
    }

    #[test]
    fn an_export_hides_no_circle() {
        let parent = ("s.rs", "mod a;\nmod b;\npub use a::A;");
        assert_eq!(
            found(&[parent, ("s/a.rs", "use super::b::B;"), ("s/b.rs", "use super::A;")]).len(),
            1
        );
    }

    #[test]
    fn a_module_and_its_submodule_are_one_place() {
        let parent = ("s.rs", "mod a;\npub use a::A;\npub struct S;");
        assert!(found(&[parent, ("s/a.rs", "use super::S;")]).is_empty());
    }
}
