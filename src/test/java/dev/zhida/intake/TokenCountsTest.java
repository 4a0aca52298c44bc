package dev.zhida.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.OwnDatabase;
import dev.zhida.World;
import dev.zhida.identity.People;
import dev.zhida.link.LinkKits;
import dev.zhida.link.NativeTokens;
import dev.zhida.link.Placement;
import dev.zhida.marketplace.Connection;
import dev.zhida.marketplace.Connector;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceFailure;
import dev.zhida.marketplace.MarketplaceFailure.Kind;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Native tokens that are counted hour by hour, by a marketplace that refuses what a test says. */
@QuarkusTest
@QuarkusTestResource(value = OwnDatabase.class, restrictToAnnotatedClass = true)
class TokenCountsTest {

    @Inject
    World world;

    @Inject
    People people;

    @Inject
    LinkKits kits;

    @Inject
    NativeTokens tokens;

    @Inject
    MeterRegistry metrics;

    @Inject
    Jdbi jdbi;

    private final ScriptedMarketplace marketplace = new ScriptedMarketplace();

    @Test
    void a_token_that_is_refused_stops_no_other_and_risks_are_asked_for_whatever_becomes_of_counts() {
        world.prepare();
        var creator = QuarkusTransaction.requiringNew().call(() -> people.addCreator("tokens"));
        var places = Stream.of("first", "second", "third")
                .map(name -> new Placement.Place(Platform.QQ, Scene.GROUP, Medium.NATIVE_TOKEN, name))
                .toList();
        var kit = kits.create(new LinkKits.Wish(creator, "680011221234", Marketplace.TAOBAO, places, null));
        var account =
                jdbi.withHandle(h -> h.createQuery("select id from marketplace_account where marketplace = 'TAOBAO'")
                        .mapTo(UUID.class)
                        .one());
        var connection = new Connection(
                account, Marketplace.TAOBAO, URI.create("https://example.com"), "key", "secret", null, Map.of());
        var made = Instant.now().minusSeconds(60);
        for (var posted : kit.placements()) {
            tokens.put(
                    posted.placement().id(),
                    "token of " + posted.placement().id(),
                    null,
                    made,
                    made.plus(Duration.ofDays(30)),
                    null);
        }
        var asked = new ArrayList<String>();
        marketplace.counts = token -> {
            asked.add(token);
            if (asked.size() == 1) {
                throw new MarketplaceFailure(Kind.CALLER, "isv.invalid-tpwd");
            }
            if (asked.size() == 2) {
                throw new MarketplaceFailure(Kind.ITEM, "nothing is counted of it");
            }
            return Optional.of(new Connector.TokenCounts(1, 1, 7, 5));
        };
        marketplace.risks = List.of(new Connector.TokenRisk("mm_1_2_3", false, Map.of("status", "0")));
        at(Duration.ZERO).ask(connection, marketplace, () -> false);
        assertThat(asked).doesNotHaveDuplicates().hasSize(3);
        assertThat(counted()).isEqualTo(7);
        assertThat(risks(false)).isEqualTo(1);

        // Where the marketplace itself has trouble the others are left for the next hour; risks are another question.
        asked.clear();
        marketplace.counts = token -> {
            asked.add(token);
            throw new MarketplaceFailure(Kind.PLATFORM, "busy");
        };
        marketplace.risks = List.of(new Connector.TokenRisk("mm_1_2_3", true, Map.of("status", "1")));
        at(Duration.ofHours(1)).ask(connection, marketplace, () -> false);
        assertThat(asked).hasSize(1);
        assertThat(risks(true)).isEqualTo(1);

        // Whoever tells none of any is not asked for all of them.
        asked.clear();
        marketplace.counts = token -> {
            asked.add(token);
            return Optional.empty();
        };
        at(Duration.ofHours(2)).ask(connection, marketplace, () -> false);
        assertThat(asked).hasSize(1);
    }

    private TokenCounts at(Duration later) {
        return new TokenCounts(jdbi, metrics, Clock.offset(Clock.systemUTC(), later));
    }

    private long counted() {
        return jdbi.withHandle(h -> h.createQuery("select coalesce(sum(views), 0) from native_token_count")
                .mapTo(Long.class)
                .one());
    }

    private long risks(boolean blocked) {
        return jdbi.withHandle(h -> h.createQuery("select count(*) from native_token_risk where blocked = :blocked")
                .bind("blocked", blocked)
                .mapTo(Long.class)
                .one());
    }
}
