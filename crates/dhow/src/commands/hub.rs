//! `hub`

use std::path::Path;

use dhow_ops::{HubCarry, HubCreateOptions, HubReport, HubSettings, HubUnpackOptions, VersionControl};

use super::Exit;
use super::convert::place;
use crate::args::{HubArgs, HubCommand, HubCreateArgs, HubInGit, HubShowFormat, HubUnpackArgs};
use crate::context::Context;
use crate::error::FAILURE;

pub(super) fn run(args: HubArgs, cx: &mut Context) -> Exit {
    match args.command {
        HubCommand::Create(args) => create(args, cx),
        HubCommand::Pack { file, manifest } => {
            place(cx, manifest, None);
            let packed = cx.with_session(|session| dhow_ops::hub_pack(session, &file))?;
            cx.report_hub_packed(&file, packed);
            Ok(0)
        }
        HubCommand::Prune { manifest, dry_run } => {
            place(cx, manifest, None);
            let change = cx.with_session(|session| dhow_ops::hub_prune(session, dry_run))?;
            if dry_run {
                for path in &change.removed {
                    cx.print(format_args!("{}\n", path.display()))?;
                }
                return Ok(0);
            }
            cx.report_hub("Pruned", &change);
            Ok(0)
        }
        HubCommand::Unpack(args) => unpack(args, cx),
        HubCommand::Show { format, html, manifest } => {
            place(cx, manifest, None);
            let report = cx.with_session(dhow_ops::hub_show)?;
            if let Some(file) = html {
                return write_page(&report, &file, cx);
            }
            match format {
                HubShowFormat::Json => {
                    cx.print(format_args!("{}\n", dhow_ops::hub_show_as_json(&report)?))?
                }
                HubShowFormat::Markdown => cx.print(dhow_ops::hub_show_as_markdown(&report))?,
                HubShowFormat::Text => cx.print_hub_report(&report)?,
            }
            Ok(0)
        }
        HubCommand::Update { manifest } => {
            place(cx, manifest, None);
            let change = cx.with_session(dhow_ops::hub_update)?;
            cx.report_hub("Updated", &change);
            Ok(0)
        }
        HubCommand::Verify { repair, manifest } => {
            place(cx, manifest, None);
            let verified = cx.with_session(|session| dhow_ops::hub_verify(session, repair))?;
            Ok(if cx.report_hub_verified(&verified)? { 0 } else { FAILURE })
        }
    }
}

fn write_page(report: &HubReport, file: &Path, cx: &Context) -> Exit {
    if file == Path::new("-") {
        cx.print(dhow_ops::hub_show_as_html(report)?)?;
        return Ok(0);
    }
    dhow_ops::hub_write_page(report, &cx.env().cwd().join(file))?;
    cx.status("Wrote", file.display());
    Ok(0)
}

fn create(args: HubCreateArgs, cx: &mut Context) -> Exit {
    place(cx, args.manifest, None);
    let options = HubCreateOptions {
        settings: HubSettings {
            targets: Some(args.target).filter(|targets| !targets.is_empty()),
            dev_dependencies: !args.no_dev_dependencies,
        },
        version_control: args.git.map(|what| match what {
            HubInGit::Commit => VersionControl::Commit,
            HubInGit::Ignore => VersionControl::Ignore,
        }),
    };
    let change = cx.with_session(|session| dhow_ops::hub_create(session, &options))?;
    cx.report_hub("Created", &change);
    Ok(0)
}

fn unpack(args: HubUnpackArgs, cx: &mut Context) -> Exit {
    place(cx, args.manifest, None);
    let config = match (args.keep_config, args.replace_config) {
        (true, _) => HubCarry::Kept,
        (_, true) => HubCarry::Replaced,
        _ => HubCarry::Same,
    };
    let options = HubUnpackOptions { file: args.file, into: args.into, config };
    let unpacked = cx.with_session(|session| dhow_ops::hub_unpack(session, &options))?;
    cx.report_hub_unpacked(&unpacked);
    Ok(0)
}
