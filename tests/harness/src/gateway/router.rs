//! Finds the function for a method and a path.

use crate::template::{Route, Template};
use std::collections::BTreeMap;

/// The routes of the template.
#[derive(Debug, Clone)]
pub struct Router(Vec<(Route, String)>);

/// A route that fits a request.
#[derive(Debug, Clone)]
pub struct Match {
    /// The function's name.
    pub function: String,
    /// Its route.
    pub route: Route,
    /// The path's parameters, decoded.
    pub parameters: BTreeMap<String, String>,
}

impl Router {
    /// The routes of all functions.
    pub fn new(template: &Template) -> Self {
        let functions = template.functions.iter();
        let mut routes: Vec<(Route, String)> = functions
            .flat_map(|f| f.routes.iter().map(|route| (route.clone(), f.name.clone())))
            .collect();
        // A literal segment is a better match than a parameter.
        routes.sort_by_key(|(route, _)| route.path.matches('{').count());
        Self(routes)
    }

    /// The best match, if any.
    pub fn find(&self, method: &str, path: &str) -> Option<Match> {
        self.0.iter().find_map(|(route, function)| {
            let parameters = (route.method == method).then(|| parameters(&route.path, path))??;
            Some(Match { function: function.clone(), route: route.clone(), parameters })
        })
    }
}

/// The parameters of a path that has the shape of `pattern`.
pub(crate) fn parameters(pattern: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let mut found = BTreeMap::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(found),
            (Some(name), Some(value)) => {
                match name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                    Some(name) if !value.is_empty() => {
                        found.insert(name.to_owned(), super::event::decode(value));
                    }
                    None if name == value => {}
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
}
