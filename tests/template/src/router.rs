//! Finds the function for a method and a path.

use std::collections::BTreeMap;

use crate::event::decode;
use crate::{Api, Route, Template};

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
    /// The path's parameters: an HTTP API decodes them, a REST API leaves them as they are.
    pub parameters: BTreeMap<String, String>,
}

impl Router {
    /// The routes of all functions, and their preflights.
    pub fn new(template: &Template) -> Self {
        let functions = template.functions.iter();
        let mut routes: Vec<(Route, String)> = functions
            .flat_map(|f| {
                let routes = f.routes.iter().chain(&f.preflights);
                routes.map(|route| (route.clone(), f.name.clone()))
            })
            .collect();
        // A literal segment is a better match than a parameter, and that is a better one than the rest.
        let rank = |path: &str| (path.ends_with("+}"), path.matches('{').count());
        routes.sort_by_key(|(route, _)| rank(&route.path));
        Self(routes)
    }

    /// The best match, if any.
    pub fn find(&self, method: &str, path: &str) -> Option<Match> {
        let api = self.api(path);
        self.0.iter().find_map(|(route, function)| {
            let fits = route.method == method && route.api == api;
            let mut parameters = fits.then(|| parameters(&route.path, path))??;
            if route.api == Api::Http {
                for value in parameters.values_mut() {
                    *value = decode(value);
                }
            }
            Some(Match { function: function.clone(), route: route.clone(), parameters })
        })
    }
}

impl Router {
    /// Which API a path belongs to, as one domain name before both would divide them: below a path
    /// of the REST API all is its own.
    pub fn api(&self, path: &str) -> Api {
        let rest = self.0.iter().filter(|(route, _)| route.api == Api::Rest);
        let below = |prefix: &str| {
            path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let found = rest.filter_map(|(route, _)| route.path.split("/{").next()).any(below);
        if found { Api::Rest } else { Api::Http }
    }
}

/// The parameters of a path that has the shape of `pattern`. One at its end with a plus takes the rest of
/// the path.
pub fn parameters(pattern: &str, path: &str) -> Option<BTreeMap<String, String>> {
    if let Some((before, name)) = pattern.strip_suffix("+}").and_then(|p| p.rsplit_once('{')) {
        let rest = path.strip_prefix(before).filter(|rest| !rest.is_empty())?;
        return Some([(name.to_owned(), rest.to_owned())].into());
    }
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let mut found = BTreeMap::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(found),
            (Some(name), Some(value)) => {
                match name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                    Some(name) if !value.is_empty() => {
                        found.insert(name.to_owned(), value.to_owned());
                    }
                    None if name == value => {}
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
}
