//! The lists of known failures that `--known` names.

use super::open::{moved, today};
use crate::known::Known;
use crate::root::Root;
use ckbspec_common::exit::{CommandError, Exit};
use ckbspec_common::problem::{Problem, Problems};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(super) fn read_lists(root: &Root, files: &[PathBuf]) -> Result<Vec<Known>, CommandError> {
    let mut lists: Vec<Known> = vec![];
    let moved = if files.is_empty() { BTreeMap::new() } else { moved(root)? };
    for file in files {
        let list = Known::read(file, &today()).map_err(wrong)?.with_moves(&moved);
        if let Some(first) = of_client(&lists, &list.client) {
            let message = format!("{} is a list of this client, too", first.shown);
            let problem = list.problem(list.client_span(), message, "the second");
            return Err(CommandError::usage(problem));
        }
        lists.push(list);
    }
    Ok(lists)
}

/// A list that a person has to fix before anything can be asked.
pub(super) fn wrong(problems: Problems) -> CommandError {
    CommandError::Problems(problems, Exit::Usage)
}

pub(super) fn of_client<'a>(lists: &'a [Known], client: &str) -> Option<&'a Known> {
    lists.iter().find(|list| list.client == client)
}

/// Each list is of a client that was asked. Where an adapter was unusable, nobody can tell.
pub(super) fn check_clients(
    lists: &[Known],
    clients: &[String],
    worst: Exit,
) -> Result<(), CommandError> {
    let foreign = lists.iter().filter(|list| !clients.contains(&list.client));
    let problems: Vec<Problem> = foreign.map(|list| foreign_list(list, clients)).collect();
    if problems.is_empty() || worst >= Exit::AdapterUnusable {
        return Ok(());
    }
    Err(wrong(Problems(problems)))
}

pub(super) fn foreign_list(list: &Known, clients: &[String]) -> Problem {
    let asked: Vec<String> = clients.iter().map(|client| format!("`{client}`")).collect();
    let message = format!("a list of another client: {} was asked", asked.join(", "));
    list.problem(list.client_span(), message, "not asked")
        .help("`client` is the name that the adapter gives in `hello`")
}
