"""Where staff put blocks together."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal import auth
from portal.config import settings
from portal.db import db
from portal.embeds import actions, data, queries
from portal.embeds.door import bp
from portal.embeds.forms import BlockForm, PickForm
from portal.embeds.models import Block
from portal.fields import row_number
from portal.incentives import disclosure
from portal.publishing.desk import called
from portal.staff.models import Role

bp.add_app_template_global(data.to_paste)


@bp.get("/staff/blocks")
@auth.staff()
def blocks():
    return _index(BlockForm(formdata=None))


@bp.post("/staff/blocks")
@auth.staff(Role.EDITOR)
def make():
    form = BlockForm()
    if not form.validate():
        return _index(form), 422
    block = actions.make(form.title.data, by=current_user)
    db.session.commit()
    flash("Made. Now choose what stands in it.")
    return _back(block)


@bp.get("/staff/blocks/<int:block_id>")
@auth.staff()
def show(block_id):
    return _page(queries.block(block_id), PickForm(formdata=None))


@bp.post("/staff/blocks/<int:block_id>/picks")
@auth.staff(Role.EDITOR)
def pick(block_id):
    block = queries.block(block_id)
    form = PickForm()
    if not form.validate():
        return _page(block, form), 422
    actions.pick(block, queries.asset(form.asset.data), by=current_user)
    db.session.commit()
    flash("Added at the end.")
    return _back(block)


@bp.post("/staff/blocks/<int:block_id>/picks/<int:asset_id>/place")
@auth.staff(Role.EDITOR)
def move_up(block_id, asset_id):
    block = queries.block(block_id)
    asset = queries.asset(asset_id)
    seen = request.form.get("seen", type=row_number)
    actions.move_up(block, asset, seen=seen, by=current_user)
    db.session.commit()
    flash(f"Moved up: {called(asset)}.")
    return _back(block, moved=asset_id)


@bp.post("/staff/blocks/<int:block_id>/picks/<int:asset_id>/removal")
@auth.staff(Role.EDITOR)
def take_out(block_id, asset_id):
    block = queries.block(block_id)
    actions.take_out(block, queries.asset(asset_id), by=current_user)
    db.session.commit()
    flash("Taken out of this block. Its own page stays.")
    return _back(block)


@bp.post("/staff/blocks/<int:block_id>/removal")
@auth.staff(Role.EDITOR)
def remove(block_id):
    block = queries.block(block_id)
    actions.remove(block, by=current_user)
    db.session.commit()
    flash("Removed. Sites that showed it say from now on that it is gone.")
    return redirect(url_for("embeds.blocks"), 303)


def _back(block: Block, moved: int | None = None):
    return redirect(url_for("embeds.show", block_id=block.id, moved=moved), 303)


def _index(form: BlockForm) -> str:
    return render_template(
        "embeds/blocks.html",
        form=form,
        blocks=queries.blocks(),
        base=settings().base_url,
        ours=[
            ("Newest quotes and stories", queries.STORIES),
            ("Newest reviews", queries.REVIEWS),
        ],
    )


def _page(block: Block, form: PickForm) -> str:
    return render_template(
        "embeds/block.html",
        block=block,
        called=called,
        form=form,
        base=settings().base_url,
        said=disclosure.picked(settings().brand_name),
        seen=queries.seen_now(block),
        pickable=queries.pickable(block),
        moved=request.args.get("moved", type=row_number),
    )
