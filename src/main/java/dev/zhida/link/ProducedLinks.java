package dev.zhida.link;

import dev.zhida.link.ProducedLinkStore.Asking;
import dev.zhida.marketplace.BackOff;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.Connector;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.marketplace.ProducedLink;
import dev.zhida.platform.Medium;
import dev.zhida.slot.LeasedSlot;
import dev.zhida.slot.SlotLeases;
import dev.zhida.slot.Slots;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Asks marketplaces for the links and tokens of placements, one at a time, and leads fans there.
 *
 * <p>A question has a claim with an end: whoever dies between the answer and its writing leaves a placement that is asked
 * for again, and whoever comes back too late writes nothing.
 */
@ApplicationScoped
class ProducedLinks {

    /** So many placements in a row for which the account is not accepted, and the others are not asked for. */
    private static final int NOT_AUTHORISED_IN_A_ROW = 3;

    private final ProducedLinkStore store;
    private final PlacementStore placements;
    private final LinkKits kits;
    private final NativeTokens tokens;
    private final SlotLeases leases;
    private final ProducedLinkConfig config;
    private final Duration renewBefore;
    private final Clock clock;

    /** Until when this node asks nothing for an account that was told to slow down, or whose marketplace is in trouble. */
    private final Map<UUID, Instant> pausedUntilByAccount = new ConcurrentHashMap<>();

    private final Map<UUID, Integer> notAuthorisedByAccount = new ConcurrentHashMap<>();

    ProducedLinks(
            ProducedLinkStore store,
            PlacementStore placements,
            LinkKits kits,
            NativeTokens tokens,
            SlotLeases leases,
            ProducedLinkConfig config,
            @ConfigProperty(name = "zhida.native-token.renew-before") Duration renewBefore,
            Clock clock) {
        this.store = store;
        this.placements = placements;
        this.kits = kits;
        this.tokens = tokens;
        this.leases = leases;
        this.config = config;
        this.renewBefore = renewBefore;
        this.clock = clock;
    }

    /** Asks for the next placement of an account that is due; answers whether there was one. */
    boolean askNext(Connection connection, Connector connector) {
        var now = clock.instant();
        if (now.isBefore(pausedUntilByAccount.getOrDefault(connection.accountId(), Instant.MIN))) {
            return false;
        }
        var claimed = store.claim(connection.accountId(), UUID.randomUUID(), now, config.lease());
        claimed.ifPresent(asking -> {
            try {
                ask(connection, connector, asking);
            } catch (RuntimeException ours) {
                Log.errorf(ours, "the link of placement %d was not taken", asking.placementId());
                later(asking, "ours: " + ours, null);
            }
        });
        return claimed.isPresent();
    }

    private void ask(Connection connection, Connector connector, Asking asking) {
        var slot = held(asking);
        if (slot == null || asking.over()) {
            store.giveBack(asking, 0, null, null);
            return;
        }
        try {
            if (!slot.authorised() && slot.accountPid() != null) {
                var bound = connector.bound(connection, slot.value());
                if (bound.isPresent() && !bound.get()) {
                    notBound(asking, "nobody has bound the slot yet (备案)");
                    return;
                }
                if (bound.isPresent()) {
                    kits.noteAuthority(asking.accountId(), slot.value(), Slots.Authority.BOUND);
                    slot = held(asking);
                }
            }
            var made = connector.link(
                    connection, new Connector.LinkWish(asking.item(), slot.kind(), slot.value(), wantsToken(asking)));
            take(asking, slot, made);
            notAuthorisedByAccount.remove(asking.accountId());
        } catch (MarketplaceFailure failure) {
            failed(asking, slot, failure);
        }
    }

    private LeasedSlot held(Asking asking) {
        return leases.heldBy(List.of(asking.placementId()), clock.instant()).get(asking.placementId());
    }

    /** Leads fans to the link and gives the placement its token: all of it or nothing. */
    private void take(Asking asking, LeasedSlot slot, Connector.MadeLink made) {
        var objection =
                ProducedLink.objectionToAnswer(made.url(), asking.item(), slot.kind(), slot.value(), slot.accountPid());
        if (objection.isPresent()) {
            Log.errorf(
                    "what %s made for placement %d is not posted: %s",
                    asking.item().marketplace(),
                    asking.placementId(),
                    objection.get().getMessage());
            refuse(asking, slot, objection.get().code(), objection.get().getMessage(), null);
            return;
        }
        var at = clock.instant();
        QuarkusTransaction.requiringNew().run(() -> store.lock(asking).ifPresent(known -> {
            var expiresAt = expiry(made);
            var refusal = (String) null;
            if (wantsToken(asking)) {
                if (made.token() == null) {
                    refusal = LinkAnswer.NO_TOKEN;
                } else {
                    var token = tokens.put(
                            asking.placementId(), made.token(), made.longToken(), at, made.expiresAt(), null);
                    expiresAt = earlier(expiresAt, token.expiresAt());
                }
            }
            var answer = new LinkAnswer(known.byHand() ? known.url() : made.url(), known.byHand(), refusal);
            lead(asking, slot, answer.url(), answer);
            store.answered(asking, answer, null, expiresAt == null ? null : renewal(expiresAt, at));
        }));
    }

    private static boolean wantsToken(Asking asking) {
        return asking.medium() == Medium.NATIVE_TOKEN
                && NativeToken.life(asking.item().marketplace()).isPresent();
    }

    /** When the link that fans are led to stops to work; {@code null} if it does not, whatever becomes of a token. */
    private static Instant expiry(Connector.MadeLink made) {
        return made.shortUrl() == null || made.shortUrl().equals(made.url()) ? made.expiresAt() : null;
    }

    /** Before it expires; what lives shorter than that, after half of its life, and never all the time. */
    private Instant renewal(Instant expiresAt, Instant at) {
        var half = at.plus(Duration.between(at, expiresAt).dividedBy(2));
        return Stream.of(expiresAt.minus(renewBefore), half, at.plus(config.lease()))
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one == null || other.isBefore(one) ? other : one;
    }

    private void failed(Asking asking, LeasedSlot slot, MarketplaceFailure failure) {
        var words = failure.getMessage();
        switch (failure.kind()) {
            case THROTTLED -> {
                later(asking, words, failure.retryAfter());
                pause(asking, failure.retryAfter());
            }
            case PLATFORM, WINDOW_TOO_LONG, TOO_MANY_ROWS, TOO_LATE -> {
                later(asking, words, failure.retryAfter());
                if (failure.retryAfter() != null) {
                    pause(asking, failure.retryAfter());
                }
            }
            case ITEM -> refuse(asking, slot, LinkAnswer.ITEM, words, null);
            case CALLER -> refuse(asking, slot, LinkAnswer.REFUSED, words, null);
            case NOT_AUTHORISED -> {
                if (slot.authorised()) {
                    notAuthorised(asking, slot, words);
                } else {
                    notBound(asking, words);
                }
            }
        }
    }

    /** May pass by itself, as where a gateway turns callers away for a while: asked again, but after long. */
    private void notAuthorised(Asking asking, LeasedSlot slot, String words) {
        var at = clock.instant();
        var again = at.plus(config.bindingMost());
        refuse(asking, slot, LinkAnswer.NOT_AUTHORISED, words, again);
        if (notAuthorisedByAccount.merge(asking.accountId(), 1, Integer::sum) >= NOT_AUTHORISED_IN_A_ROW) {
            notAuthorisedByAccount.remove(asking.accountId());
            Log.errorf("no links are made for the account %s: %s", asking.accountId(), words);
            store.refuseDue(asking.accountId(), LinkAnswer.NOT_AUTHORISED, words, at, again);
        }
    }

    private void refuse(Asking asking, LeasedSlot slot, String refusal, String words, Instant dueAt) {
        QuarkusTransaction.requiringNew().run(() -> store.lock(asking).ifPresent(known -> {
            var answer = new LinkAnswer(known.url(), known.byHand(), refusal);
            lead(asking, slot, null, answer);
            store.answered(asking, answer, words, dueAt);
        }));
    }

    /** Leads fans to {@code url}, or where they were led before for {@code null}, and says whether that earns. */
    private void lead(Asking asking, LeasedSlot slot, String url, LinkAnswer answer) {
        var placement = placements.lock(asking.placementId());
        var to = Destination.judged(url == null ? placement.destination() : url, asking.item(), slot, answer);
        if (!to.equals(new Destination(placement.destination(), placement.earnsNot()))) {
            placements.lead(asking.placementId(), to.url(), to.earnsNot());
        }
    }

    private void later(Asking asking, String words, Duration retryAfter) {
        later(asking, words, retryAfter, config.backOffFirst(), config.backOffMost());
    }

    private void notBound(Asking asking, String words) {
        later(asking, words, null, config.bindingFirst(), config.bindingMost());
    }

    private void later(Asking asking, String words, Duration retryAfter, Duration first, Duration most) {
        var failures = asking.failures() + 1;
        var next = clock.instant()
                .plus(BackOff.wait(failures, first, most, retryAfter, ThreadLocalRandom.current()::nextDouble));
        store.giveBack(asking, failures, words, next);
    }

    /** As long as the marketplace asks for, however often the one placement has failed; never ends an older pause. */
    private void pause(Asking asking, Duration retryAfter) {
        var first = config.backOffFirst();
        var wait = retryAfter == null || retryAfter.compareTo(first) < 0 ? first : retryAfter;
        pausedUntilByAccount.merge(
                asking.accountId(), clock.instant().plus(wait), (one, other) -> one.isAfter(other) ? one : other);
    }
}
