package dev.zhida.identity;

import dev.zhida.problem.Refusal;
import java.util.UUID;

/**
 * The person who calls.
 *
 * @param creatorId the creator that the person acts for; only of role {@link Role#CREATOR}
 * @param brandId the brand that the person acts for; only of role {@link Role#BRAND}
 */
public record Caller(UUID personId, String login, Role role, UUID creatorId, UUID brandId) {

    public Scope scope() {
        return switch (role) {
            case CREATOR -> new Scope.OfCreator(creatorId);
            case BRAND -> new Scope.OfBrand(brandId);
            case FINANCE, OPERATOR, AUDITOR -> new Scope.Everything();
        };
    }

    /** The creator that this person is. */
    public UUID creator() {
        if (creatorId == null) {
            throw new Refusal(Refusal.Kind.FORBIDDEN, "not-a-creator", "only a creator can do this");
        }
        return creatorId;
    }
}
