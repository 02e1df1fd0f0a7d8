//! The routes of template.yaml.

use harness::template::Template;
use hyper::Method;

/// Method and path of every function.
#[derive(Debug)]
pub struct Routes(Vec<(String, String)>);

impl Routes {
    /// Takes every function's routes.
    pub fn new(template: &Template) -> Self {
        Self(
            template
                .functions
                .iter()
                .flat_map(|function| &function.routes)
                .map(|route| (route.method.clone(), route.path.clone()))
                .collect(),
        )
    }

    /// Whether a function serves this method on this path.
    pub fn has(&self, method: &Method, path: &str) -> bool {
        self.0.iter().any(|(wanted, template)| wanted == method.as_str() && fits(template, path))
    }
}

fn fits(template: &str, path: &str) -> bool {
    let mut wanted = template.split('/');
    let mut found = path.split('/');
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == found => {}
            (Some(wanted), Some(found)) if wanted.starts_with('{') && !found.is_empty() => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_placeholder_takes_one_segment() {
        let template = "/api/conversations/{conversation_id}";
        assert!(fits(template, "/api/conversations/7"));
        assert!(!fits(template, "/api/conversations/"));
        assert!(!fits(template, "/api/conversations/7/messages"));
        assert!(!fits(template, "/api/conversations"));
    }
}
