"""What a migration does whose grant could not be proven."""

from __future__ import annotations

from dataclasses import replace

from zoom_migrator.domain.cleanup_endings import unverified
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.loss import Loss
from zoom_migrator.domain.migration import Verdict
from zoom_migrator.use_cases.cleanup_step import StepStores, verdict_now, wait_or_end
from zoom_migrator.use_cases.migration_step import InHand
from zoom_migrator.use_cases.prove_grant import Unproven
from zoom_migrator.use_cases.return_to_authorization import return_to_authorization


def not_proven(
    hand: InHand, proof: Loss | Unproven, ports: StepStores, settings: CleanupSettings
) -> Verdict:
    """Go back to the authorization where the grant is lost; wait where that is not known.

    What an operator mends (our own app's credentials, say) is waited for as well: it meets all
    orgs at once, and none of them is the worse for it.

    Raises:
        TransientError: A store cannot be reached, or was changed by others; repeat the step.
    """
    if isinstance(proof, Unproven):
        ending = unverified(proof.reason, proof.said)
        return wait_or_end(hand, settings.verifying, ending, ports, problem=proof.reason)
    back = return_to_authorization(
        hand,
        proof,
        at=ports.clock.now(),
        jwt_deadline=settings.jwt_deadline,
        migrations=ports.migrations,
    )
    return verdict_now(replace(hand, migration=back), ports, settings)
