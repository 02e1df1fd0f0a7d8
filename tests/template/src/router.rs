//! Finds the function for a request, as API Gateway does. A request comes to the domain name, whose
//! mappings divide the paths between the APIs, or to the host of one API.

use std::collections::BTreeMap;

use crate::event::decode;
use crate::route::own_path;
use crate::{Api, Route, Template};

/// What follows the API's id in the host that AWS gives to each API.
const OWN_HOST: &str = "execute-api.";

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
    /// Whether the request came to the host of the API and not to the domain name.
    pub direct: bool,
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

    /// The best match of a request to the domain name, if any.
    pub fn find(&self, method: &str, path: &str) -> Option<Match> {
        let mapping = self.mapping(path);
        let own = own(path, mapping)?;
        self.best(method, false, |route| (route.mapping_key() == mapping).then_some(own))
    }

    /// The best match of a request to any host. That of an API begins with its id: on AWS a random one,
    /// here its name in the template.
    pub fn find_at(&self, host: &str, method: &str, path: &str) -> Option<Match> {
        let Some(id) = api_id(host) else { return self.find(method, path) };
        self.best(method, true, |route| is_of(route, id).then(|| route.without_stage(path))?)
    }

    /// The kind of the API that a request to this host belongs to, whether it has such a route or not.
    pub fn api_at(&self, host: &str, path: &str) -> Api {
        let Some(id) = api_id(host) else { return self.api(path) };
        self.kind(|route| is_of(route, id))
    }

    /// The same for the domain name.
    pub fn api(&self, path: &str) -> Api {
        let mapping = self.mapping(path);
        if mapping.is_empty() {
            Api::Http
        } else {
            self.kind(|route| route.mapping_key() == mapping)
        }
    }

    /// The key of the mapping that takes a path: the longest one that the path begins with. AWS compares
    /// texts and not segments, and looks at no route: with the mapping `orders`, it also gets
    /// `/ordersandmore`.
    pub fn mapping(&self, path: &str) -> &str {
        let path = path.strip_prefix('/').unwrap_or(path);
        let keys = self.0.iter().map(|(route, _)| route.mapping_key());
        keys.filter(|key| path.starts_with(key)).max_by_key(|key| key.len()).unwrap_or_default()
    }

    /// A path as the API has it to which the domain name sends it; `None` if the mapping ends within a
    /// segment.
    pub fn resource<'a>(&self, path: &'a str) -> Option<&'a str> {
        own(path, self.mapping(path))
    }

    fn kind(&self, belongs: impl Fn(&Route) -> bool) -> Api {
        let mut routes = self.0.iter().map(|(route, _)| route);
        routes.find(|route| belongs(route)).map_or(Api::Http, |route| route.api)
    }

    /// `own` is the request's path as the route's API has it, if the request is for that API.
    fn best<'a>(
        &self,
        method: &str,
        direct: bool,
        own: impl Fn(&Route) -> Option<&'a str>,
    ) -> Option<Match> {
        let mut routes = self.0.iter().filter(|(route, _)| route.method == method);
        routes.find_map(|(route, function)| {
            let mut parameters = parameters(&route.resource, own(route)?)?;
            if route.api == Api::Http {
                for value in parameters.values_mut() {
                    *value = decode(value);
                }
            }
            Some(Match { function: function.clone(), route: route.clone(), parameters, direct })
        })
    }
}

fn own<'a>(path: &'a str, mapping: &str) -> Option<&'a str> {
    if mapping.is_empty() {
        return Some(path);
    }
    own_path(path.strip_prefix('/')?.strip_prefix(mapping)?)
}

/// The id of the API whose own host this is.
fn api_id(host: &str) -> Option<&str> {
    let (id, rest) = host.split_once('.')?;
    rest.starts_with(OWN_HOST).then_some(id)
}

fn is_of(route: &Route, id: &str) -> bool {
    route.api_id.as_deref().is_some_and(|api| api.eq_ignore_ascii_case(id))
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
