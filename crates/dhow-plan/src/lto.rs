//! What each unit does about link-time optimisation: decided from the roots down.

use dhow_workspace::{CrateType, Lto};

use crate::unit::{CompileMode, Unit, UnitGraph, UnitId, UnitLto};

/// Decides for every unit of `graph`. A unit that several dependents need does what they all can use.
pub(crate) fn decide(graph: &mut UnitGraph) {
    let mut decided: Vec<Option<UnitLto>> = vec![None; graph.units.len()];
    let mut todo: Vec<(UnitId, UnitLto)> =
        graph.roots.iter().map(|root| (*root, at_root(graph.unit(*root)))).collect();
    while let Some((id, parent)) = todo.pop() {
        let own = below(graph.unit(id), parent);
        let merged = match decided[id.index()] {
            None => own,
            Some(before) => {
                let merged = merge(own, before);
                if merged == before {
                    continue;
                }
                merged
            }
        };
        decided[id.index()] = Some(merged);
        todo.extend(graph.deps(id).iter().map(|dep| (dep.unit, merged)));
    }
    for (unit, lto) in graph.units.iter_mut().zip(decided) {
        unit.lto = lto.unwrap_or_default();
    }
}

/// What the command itself wants of a root.
fn at_root(unit: &Unit) -> UnitLto {
    match unit.profile.lto {
        Lto::Bool(false) => UnitLto::OnlyObject,
        Lto::Off => UnitLto::Off,
        _ if unit.target.is_for_host() => UnitLto::OnlyObject,
        _ => {
            let types = unit.target.crate_types();
            if needs_object(&types) { with_object(&types) } else { UnitLto::OnlyBitcode }
        }
    }
}

fn below(unit: &Unit, parent: UnitLto) -> UnitLto {
    if unit.target.is_for_host() {
        return UnitLto::OnlyObject;
    }
    let types = match unit.mode {
        CompileMode::Test | CompileMode::Doctest => vec![CrateType::Bin],
        _ => unit.target.crate_types(),
    };
    if types.iter().all(can_lto) {
        // It links, so its own profile decides.
        return match unit.profile.lto {
            Lto::Named(kind) => UnitLto::Run(Some(kind)),
            Lto::Off => UnitLto::Off,
            Lto::Bool(true) => UnitLto::Run(None),
            Lto::Bool(false) => UnitLto::OnlyObject,
        };
    }
    match (parent, needs_object(&types)) {
        (UnitLto::Run(_), false) => UnitLto::OnlyBitcode,
        (UnitLto::Run(_) | UnitLto::OnlyBitcode, true) => with_object(&types),
        (parent, _) => parent,
    }
}

fn merge(a: UnitLto, b: UnitLto) -> UnitLto {
    match (a, b) {
        (UnitLto::Run(kind), _) | (_, UnitLto::Run(kind)) => UnitLto::Run(kind),
        (UnitLto::Off, _) | (_, UnitLto::Off) => UnitLto::Off,
        (a, b) if a == b => a,
        _ => UnitLto::ObjectAndBitcode,
    }
}

fn can_lto(crate_type: &CrateType) -> bool {
    matches!(crate_type, CrateType::Bin | CrateType::Staticlib | CrateType::Cdylib)
}

fn needs_object(types: &[CrateType]) -> bool {
    types.iter().any(|t| can_lto(t) || t.is_dynamic())
}

/// A dylib takes no part in LTO; anything else that needs objects may be linked with LTO as well.
fn with_object(types: &[CrateType]) -> UnitLto {
    if types.iter().all(|t| *t == CrateType::Dylib) { UnitLto::OnlyObject } else { UnitLto::ObjectAndBitcode }
}
