//! `ckbspec lint` and `ckbspec fmt`: check the vector files, and write their canonical form.

use super::{Exit, Stop, open_files};
use crate::house::House;
use crate::problem::Problems;
use crate::spec::AREAS;
use crate::vectors::{format, lint as linter};

pub(super) fn lint(house: &House) -> Result<Exit, Stop> {
    let (_, suite) = open_files(house)?;
    let problems = linter::lint(house, &suite)?;
    if !problems.is_empty() {
        return Err(Problems(problems).into());
    }
    let (vectors, cases) = (suite.vectors.len(), suite.cases.len());
    anstream::println!("{vectors} vectors, {cases} cases, no problems");
    Ok(Exit::Expected)
}

pub(super) fn fmt(house: &House, check: bool) -> Result<Exit, Stop> {
    let (root, mut problems) = (house.folder()?, vec![]);
    for area in AREAS {
        let folder = format!("vectors/{area}");
        for path in house.files(&folder, "yaml")? {
            let (shown, text) = (house.shown(&path), house.read_text(&path)?);
            if check {
                problems.extend(format::check(&shown, &text));
                continue;
            }
            let formatted = format::format(&shown, &text)?;
            if formatted != *text {
                std::fs::write(root.join(&path), formatted)?;
                anstream::println!("{shown}");
            }
        }
    }
    if problems.is_empty() { Ok(Exit::Expected) } else { Err(Problems(problems).into()) }
}
