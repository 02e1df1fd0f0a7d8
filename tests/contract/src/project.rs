//! Everything that the rules compare, read once.

use std::path::{Path, PathBuf};

use anyhow::Result;
use template::{Function, Settings, Template};

use crate::finding::Finding;
use crate::generate::routes;
use crate::openapi::OpenApi;
use crate::package::{self, Package};

/// The repository's descriptions of its endpoints.
#[derive(Debug, Clone)]
pub struct Project {
    /// Where it lies.
    pub root: PathBuf,
    /// The list of endpoints.
    pub template: Template,
    /// The packages below `functions`.
    pub packages: Vec<Package>,
    /// The contract of bodies and problems.
    pub openapi: OpenApi,
    /// The root manifest's text.
    pub manifest: String,
    /// The text of docs/routes.md.
    pub routes: String,
}

fn parse(text: &str) -> Result<Template, Finding> {
    Template::parse(text, &Settings::default()).map_err(|error| unreadable("template.yaml", &error))
}

impl Project {
    /// Reads the repository at `root`; the inner error is a finding: a file that can't be read or parsed.
    pub fn read(root: &Path) -> Result<Result<Self, Finding>> {
        let template = match read(root, "template.yaml").and_then(|text| parse(&text)) {
            Ok(template) => template,
            Err(finding) => return Ok(Err(finding)),
        };
        let openapi = match read(root, "openapi.yaml").and_then(|text| {
            template::yaml::parse(&text).map_err(|error| unreadable("openapi.yaml", &error))
        }) {
            Ok(document) => OpenApi::new(document),
            Err(finding) => return Ok(Err(finding)),
        };
        let manifest = match read(root, "Cargo.toml") {
            Ok(manifest) => manifest,
            Err(finding) => return Ok(Err(finding)),
        };
        Ok(Ok(Self {
            root: root.to_owned(),
            template,
            packages: package::read_all(root)?,
            openapi,
            manifest,
            routes: read(root, routes::FILE).unwrap_or_default(),
        }))
    }

    /// The same with another text of template.yaml.
    pub fn with_template(&self, text: &str) -> Result<Self, Finding> {
        Ok(Self { template: parse(text)?, ..self.clone() })
    }

    /// The package in a directory of this name.
    pub fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// Functions in the order of their paths, then of their methods; background functions last.
    pub fn functions(&self) -> Vec<&Function> {
        let mut functions: Vec<&Function> = self.template.functions.iter().collect();
        functions.sort_by_key(|function| {
            let route = function.main_route();
            (
                route.is_none(),
                route.map(|route| (route.path.clone(), method_rank(&route.method))),
                function.name.clone(),
            )
        });
        functions
    }
}

/// Reads first, then writes, deletes last.
fn method_rank(method: &str) -> usize {
    const ORDER: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    ORDER.iter().position(|known| *known == method).unwrap_or(ORDER.len())
}

fn read(root: &Path, file: &str) -> Result<String, Finding> {
    std::fs::read_to_string(root.join(file)).map_err(|error| {
        Finding::new(
            file,
            format!("cannot be read: {error}"),
            "add it; docs/architecture.md describes it",
        )
    })
}

fn unreadable(file: &str, error: &anyhow::Error) -> Finding {
    Finding::new(file, format!("{error:#}"), "correct this first: the other rules need it")
}
