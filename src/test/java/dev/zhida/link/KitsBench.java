package dev.zhida.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.TestDatabase;
import dev.zhida.identity.People;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import dev.zhida.slot.Slots;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * How fast kits are made: 10,000 products at 3 channels in 3 forms, each placement with a slot of its own, on the
 * embedded PostgreSQL with all its durability. Not part of the build, whose machine may be busy:
 * {@code ./mvnw test -Dtest=KitsBench}.
 */
@QuarkusTest
@QuarkusTestResource(TestDatabase.class)
class KitsBench {

    private static final int KITS = 10_000;

    @Inject
    Slots slots;

    @Inject
    People people;

    @Inject
    LinkKits kits;

    @Test
    void ten_thousand_kits_in_one_run() {
        var places = Stream.of(Platform.WECHAT, Platform.XIAOHONGSHU, Platform.WEIBO)
                .flatMap(platform -> Stream.of(Medium.LINK, Medium.TOKEN, Medium.IMAGE)
                        .map(medium -> new Placement.Place(platform, Scene.NOTE, medium, "")))
                .toList();
        var account = slots.addAccount(Marketplace.TAOBAO, UUID.randomUUID().toString());
        QuarkusTransaction.requiringNew()
                .timeout(300)
                .run(() -> slots.addTaobaoPids(
                        account,
                        IntStream.range(0, 100_000)
                                .mapToObj(i -> "mm_8_%d_%d".formatted(i / 200, i))
                                .toList()));
        run(places, 680_000_000_000L, KITS / 20);
        run(places, 690_000_000_000L, KITS);
    }

    private void run(List<Placement.Place> places, long firstItem, int count) {
        var creator = QuarkusTransaction.requiringNew().call(() -> people.addCreator("bench"));
        var items = IntStream.range(0, count)
                .mapToObj(i ->
                        new LinkKits.Batch.Item("https://item.taobao.com/item.htm?id=" + (firstItem + i), null, places))
                .toList();
        var begin = System.nanoTime();
        var results = kits.createAll(new LinkKits.Batch(creator, null, null, items));
        var seconds = (System.nanoTime() - begin) / 1e9;
        var placements = results.stream()
                .flatMap(result -> ((LinkKits.Result.Made) result).kit().placements().stream())
                .toList();
        assertThat(placements).hasSize(count * places.size()).allMatch(posted -> posted.slot() != null);
        System.out.printf(
                "%,d kits, %,d placements with %,d exclusive slots in %.1f s: %,.0f placements/s%n",
                results.size(),
                placements.size(),
                placements.stream().filter(posted -> posted.slot().exclusive()).count(),
                seconds,
                placements.size() / seconds);
    }
}
