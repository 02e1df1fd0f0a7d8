//! The repository itself: its files agree, and its code keeps to its architecture.

use contract::{
    Finding, Project, agreement, architecture, costs, problems, promises, references, stated,
};
use template::root;

fn none(findings: &[Finding]) {
    let list: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "`cargo xtask check` finds {}:\n\n{}\n", list.len(), list.join("\n"));
}

#[test]
fn the_files_that_describe_the_endpoints_agree() {
    none(&agreement(&root()).expect("the repository can be read"));
}

#[test]
fn the_template_keeps_its_promises() {
    let project = Project::read(&root()).expect("the repository can be read");
    none(&promises(&project.expect("its files can be parsed")));
}

#[test]
fn the_dollars_and_the_rates_follow_from_their_sources() {
    let project = Project::read(&root()).expect("the repository can be read");
    none(&costs(&project.expect("its files can be parsed")));
}

#[test]
fn the_code_keeps_to_its_architecture() {
    none(&architecture::check(&root()).expect("the repository can be read"));
}

#[test]
fn the_list_of_problems_is_that_of_the_code() {
    none(&problems::check(&root()).expect("the repository can be read"));
}

#[test]
fn the_documents_refer_to_what_is_there() {
    none(&references::check(&root()).expect("the repository can be read"));
}

#[test]
fn the_figures_in_the_documents_are_those_of_their_sources() {
    none(&stated::check(&root()).expect("the repository can be read"));
}
