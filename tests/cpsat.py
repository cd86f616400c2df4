"""An exact solver for plans, by OR-tools CP-SAT: the oracle that kg.plan is held against.

It shares no idea with the heuristic: a set of steps is a plan if and only if it meets every landmark, and a landmark is
a set of steps of which each plan has one. The least set that meets those found so far is asked for; where it is no
plan, what one reaches by it and by all steps that still do not lead to a goal leaves out a new landmark.
"""

from __future__ import annotations

from collections.abc import Sequence

from ortools.sat.python import cp_model

from kg.steps import Step


def closure(known: int, steps: Sequence[Step]) -> int:
    """All that is known after every step that can be begun, in whatever order."""
    grown = True
    while grown:
        grown = False
        for step in steps:
            if not step.asks & ~known and step.gives & ~known:
                known |= step.gives
                grown = True
    return known


def least(steps: Sequence[Step], known: int, goals: int, seconds: float = 60) -> tuple[int, bool]:
    """The least minutes of a plan for ``goals`` (those that can be reached), and whether that is proven.

    Where the time is over, a lower bound.
    """
    steps = [step for step in steps if not step.asks & ~closure(known, steps)]
    wanted = [1 << place for place in range(goals.bit_length()) if goals >> place & 1]
    wanted = [goal for goal in wanted if goal & closure(known, steps) & ~known]
    model = cp_model.CpModel()
    taken = [model.new_bool_var(step.id) for step in steps]
    model.minimize(sum(step.minutes * one for step, one in zip(steps, taken, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    spent = 0.0
    for goal in wanted:
        model.add_bool_or([taken[place] for place in _landmark(steps, known, goal, set())])
    while True:
        solver.parameters.max_time_in_seconds = max(0.1, seconds - spent)
        status = solver.solve(model)
        spent += solver.wall_time
        if status != cp_model.OPTIMAL or spent > seconds:
            return int(solver.best_objective_bound), False
        chosen = {place for place, one in enumerate(taken) if solver.value(one)}
        reached = closure(known, [steps[place] for place in chosen])
        missed = [goal for goal in wanted if not goal & reached]
        if not missed:
            return int(solver.objective_value), True
        for goal in missed:
            model.add_bool_or([taken[place] for place in _landmark(steps, known, goal, chosen)])


def _landmark(steps: Sequence[Step], known: int, goal: int, chosen: set[int]) -> list[int]:
    """Steps of which each plan for ``goal`` has one, and ``chosen`` none: the dearest are kept out of it if they can."""
    inside = [steps[place] for place in chosen]
    out = []
    reached = closure(known, inside)
    for place in sorted(set(range(len(steps))) - chosen, key=lambda one: (steps[one].minutes, one)):
        step = steps[place]
        gives_nothing = step.asks & ~reached or not step.gives & ~reached
        grown = reached if gives_nothing else closure(reached | step.gives, inside)
        if grown & goal:
            out.append(place)
        else:
            inside.append(step)
            reached = grown
    return out
