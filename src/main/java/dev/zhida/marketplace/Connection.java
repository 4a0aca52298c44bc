package dev.zhida.marketplace;

import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * How one account of a marketplace is reached. Secrets are in the clear here and nowhere else: never log one.
 *
 * @param accountId the marketplace account
 * @param gateway where its API answers
 * @param secret what requests are signed with
 * @param session the access token of methods that ask for one; may be {@code null}
 * @param settings what the marketplace's connector asks for beyond that, by its own names
 */
public record Connection(
        UUID accountId,
        Marketplace marketplace,
        URI gateway,
        String appKey,
        String secret,
        String session,
        Map<String, String> settings) {

    public Connection {
        Objects.requireNonNull(accountId);
        Objects.requireNonNull(marketplace);
        Objects.requireNonNull(gateway);
        Objects.requireNonNull(appKey);
        Objects.requireNonNull(secret);
        settings = Map.copyOf(settings);
    }

    /** What the account has no permission for, and is never asked for. */
    public Set<Feed> feedsOff() {
        return ConnectionSettings.feedsOff(settings);
    }

    @Override
    public String toString() {
        return "Connection[" + marketplace + " " + accountId + "]";
    }
}
