package dev.zhida.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.TestDatabase;
import dev.zhida.campaign.Campaigns;
import dev.zhida.identity.People;
import dev.zhida.identity.Scope;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.SlotKind;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import dev.zhida.slot.Slots;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Many who make kits of the same offers at once, under a real PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class KitMakerTest {

    private static final List<Placement.Place> PLACES = Stream.of(Medium.LINK, Medium.TOKEN, Medium.IMAGE)
            .map(medium -> new Placement.Place(Platform.QQ, Scene.GROUP, medium, ""))
            .toList();

    @Inject
    LinkKits kits;

    @Inject
    Slots slots;

    @Inject
    People people;

    @Inject
    Campaigns campaigns;

    @Inject
    Jdbi jdbi;

    @Test
    void creators_who_make_the_same_offers_in_any_order_do_not_wait_in_a_circle() throws Exception {
        var account = slots.addAccount(Marketplace.JD, UUID.randomUUID().toString(), 50, null);
        slots.add(
                account.id(),
                SlotKind.JD_POSITION,
                IntStream.range(0, 40).mapToObj(Integer::toString).toList());
        try {
            var first = ThreadLocalRandom.current().nextLong(100_000_000_000L, 900_000_000_000L);
            var products = IntStream.range(0, 60)
                    .mapToObj(i -> i % 2 == 0
                            ? "https://item.jd.com/" + (first + i) + ".html"
                            : "https://www.goofish.com/item?id=" + (first + i))
                    .toList();
            var creators = IntStream.range(0, 4)
                    .mapToObj(i -> QuarkusTransaction.requiringNew().call(() -> people.addCreator("x")))
                    .toList();
            var tasks = new ArrayList<Callable<List<LinkKits.Result>>>();
            for (var i = 0; i < 12; i++) {
                var creator = creators.get(i % creators.size());
                var shuffled = new ArrayList<>(products);
                Collections.shuffle(shuffled, new Random(i));
                tasks.add(() -> kits.createAll(new LinkKits.Batch(
                        creator,
                        null,
                        null,
                        shuffled.stream()
                                .map(product -> new LinkKits.Batch.Item(product, null, PLACES))
                                .toList())));
            }
            var codesByCreator = new ArrayList<List<String>>();
            try (var threads = Executors.newFixedThreadPool(6)) {
                for (var done : threads.invokeAll(tasks)) {
                    codesByCreator.add(done.get().stream()
                            .flatMap(result -> ((LinkKits.Result.Made) result).kit().placements().stream())
                            .map(posted -> posted.placement().code())
                            .sorted()
                            .toList());
                }
            }
            // Whoever asked three times got the same placements three times, and nobody got another's.
            for (var i = 0; i < codesByCreator.size(); i++) {
                assertThat(codesByCreator.get(i))
                        .hasSize(products.size() * PLACES.size())
                        .isEqualTo(codesByCreator.get(i % creators.size()));
            }
            assertThat(codesByCreator.subList(0, creators.size()).stream().flatMap(List::stream))
                    .doesNotHaveDuplicates();
            assertThat(holders(account.id())).allMatch(holders -> holders == 1);
        } finally {
            jdbi.useTransaction(handle -> {
                handle.execute("delete from produced_link where account_id = ?", account.id());
                handle.execute(
                        "delete from slot_lease where slot_id in (select id from slot where account_id = ?)",
                        account.id());
                handle.execute("delete from slot where account_id = ?", account.id());
                handle.execute("delete from marketplace_account where id = ?", account.id());
            });
        }
    }

    /** Of each exclusive slot that is leased how many hold it. */
    private List<Integer> holders(UUID account) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select count(*) from slot s join slot_lease l on l.slot_id = s.id
                        where s.account_id = :account and s.exclusive group by s.id
                        """)
                .bind("account", account)
                .mapTo(Integer.class)
                .list());
    }

    @Test
    void one_item_twice_in_a_batch_is_made_once() {
        var creator = QuarkusTransaction.requiringNew().call(() -> people.addCreator("x"));
        var item = Long.toString(ThreadLocalRandom.current().nextLong(100_000_000_000L, 900_000_000_000L));
        var items = Stream.of("https://www.goofish.com/item?id=" + item, "看 https://m.goofish.com/item?id=" + item)
                .map(product -> new LinkKits.Batch.Item(product, null, PLACES))
                .toList();
        var made = kits.createAll(new LinkKits.Batch(creator, null, null, items)).stream()
                .map(result -> ((LinkKits.Result.Made) result).kit())
                .toList();
        assertThat(made.getFirst().placements()).isEqualTo(made.getLast().placements());
        assertThat(made.stream().map(LinkKits.LinkKit::id).collect(Collectors.groupingBy(Function.identity())))
                .hasSize(2);
    }

    private List<Placement> made(UUID creator, UUID campaign, Instant expiresAt, String product) {
        var item = new LinkKits.Batch.Item(product, null, PLACES);
        var result = kits.createAll(new LinkKits.Batch(creator, campaign, expiresAt, List.of(item)))
                .getFirst();
        return ((LinkKits.Result.Made) result)
                .kit().placements().stream().map(LinkKits.Posted::placement).toList();
    }

    private static List<String> codes(List<Placement> placements) {
        return placements.stream().map(Placement::code).toList();
    }

    private static String product() {
        return "https://www.goofish.com/item?id="
                + ThreadLocalRandom.current().nextLong(100_000_000_000L, 900_000_000_000L);
    }

    @Test
    void who_asks_again_after_the_end_gets_placements_that_live() throws Exception {
        var creator = QuarkusTransaction.requiringNew().call(() -> people.addCreator("x"));
        var product = product();
        var sunday = made(creator, null, Instant.now().plus(Duration.ofHours(1)), product);
        assertThat(codes(made(creator, null, null, product)))
                .as("while they live")
                .isEqualTo(codes(sunday));
        jdbi.useHandle(handle -> handle.execute(
                "update placement set expires_at = now() - interval '1 second' where creator_id = ?", creator));

        // Several at once: one of them makes what all get.
        List<List<String>> monday;
        try (var threads = Executors.newFixedThreadPool(4)) {
            Callable<List<String>> ask = () -> codes(made(creator, null, null, product));
            monday = threads.invokeAll(Collections.nCopies(4, ask)).stream()
                    .map(done -> done.resultNow())
                    .distinct()
                    .toList();
        }
        assertThat(monday).hasSize(1);
        assertThat(monday.getFirst()).hasSize(PLACES.size()).doesNotContainAnyElementsOf(codes(sunday));

        kits.disable(monday.getFirst().getFirst(), new Scope.Everything());
        assertThat(codes(made(creator, null, null, product)))
                .as("what was ended by hand is made anew, the others stay")
                .doesNotContain(monday.getFirst().getFirst())
                .containsAll(monday.getFirst().subList(1, PLACES.size()));
    }

    @Test
    void a_place_that_is_asked_for_a_campaign_counts_for_that_campaign() {
        var creator = QuarkusTransaction.requiringNew().call(() -> people.addCreator("x"));
        var product = product();
        var none = made(creator, null, null, product);
        var one = made(creator, campaignOf(creator), null, product);
        var otherCampaign = campaignOf(creator);
        var other = made(creator, otherCampaign, null, product);
        assertThat(Stream.of(none, one, other).flatMap(made -> codes(made).stream()))
                .hasSize(3 * PLACES.size())
                .doesNotHaveDuplicates();
        assertThat(other).allMatch(placement -> otherCampaign.equals(placement.campaignId()));
        assertThat(codes(made(creator, otherCampaign, null, product))).isEqualTo(codes(other));
        assertThat(codes(made(creator, null, null, product))).isEqualTo(codes(none));
    }

    private UUID campaignOf(UUID creator) {
        return QuarkusTransaction.requiringNew().call(() -> {
            var campaign = campaigns.addCampaign(
                    campaigns.addBrand(UUID.randomUUID().toString()),
                    "x",
                    Instant.now().minus(Duration.ofDays(1)),
                    Instant.now().plus(Duration.ofDays(1)));
            campaigns.invite(campaign, creator);
            return campaign;
        });
    }
}
