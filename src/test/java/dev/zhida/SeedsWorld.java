package dev.zhida;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.zhida.campaign.Campaigns;
import dev.zhida.identity.People;
import dev.zhida.identity.Role;
import dev.zhida.money.BusinessTime;
import dev.zhida.touch.Touch;
import dev.zhida.touch.TouchFixture;
import dev.zhida.touch.TouchLog;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;

/**
 * The world of the story: a creator posts one Taobao item everywhere, on Xiaohongshu as a token only; on one day, at
 * 14:20, WeChat groups on Android stop opening. Touches go through the touch log; what is true is kept beside them.
 */
@Singleton
public class SeedsWorld {

    public static final String CREATOR = "seeds-creator";
    private static final int DAYS = 15;
    private static final int CHANGED_BEFORE_DAYS = 5;

    @Inject
    People people;

    @Inject
    Campaigns campaigns;

    @Inject
    TouchLog log;

    @Inject
    Jdbi jdbi;

    /** What is true of one placement. */
    public static final class Truth {
        public long clicks;
        public long landings;
        public long opens;
        public long pastes;
        public long orders;
        public long gmvFen;
        public long people;
        /** Before the day of the change, and after it. */
        public long peopleBefore;

        public long peopleAfter;
        public long ordersBefore;
        public long ordersAfter;
    }

    /** One channel: its placement with what happens there. */
    public record Channel(
            long placement,
            String code,
            String platform,
            String scene,
            String medium,
            String hostApp,
            boolean lands,
            int visitsADay,
            double opens) {}

    public final List<Channel> channels = new ArrayList<>();
    public final Map<String, Truth> truths = new LinkedHashMap<>();
    public UUID campaign;
    public UUID creator;
    public UUID offer;
    public Instant start;
    public Instant end;
    public Instant changedAt;
    public LocalDate dayOfChange;
    private boolean played;
    private final SplittableRandom dice = new SplittableRandom(20_211_125);
    private final List<Touch> touches = new ArrayList<>();
    private final List<Order> orders = new ArrayList<>();

    private record Order(
            long placement, String medium, Instant clickedAt, Instant createdAt, long paidFen, String status) {}

    /** Plays the world once. */
    public synchronized void play() throws Exception {
        if (played) {
            return;
        }
        var today = LocalDate.now(BusinessTime.ZONE);
        end = BusinessTime.startOf(today);
        start = BusinessTime.startOf(today.minusDays(DAYS));
        dayOfChange = today.minusDays(CHANGED_BEFORE_DAYS);
        changedAt = BusinessTime.startOf(dayOfChange).plus(Duration.ofHours(14)).plus(Duration.ofMinutes(20));
        prepare();
        channels.forEach(this::visits);
        oddities();
        for (var from = 0; from < touches.size(); from += 20_000) {
            var some = touches.subList(from, Math.min(from + 20_000, touches.size()));
            CompletableFuture.allOf(some.stream()
                            .map(touch -> log.record(touch).toCompletableFuture())
                            .toArray(CompletableFuture[]::new))
                    .get(60, TimeUnit.SECONDS);
        }
        store();
        played = true;
    }

    @Transactional
    void prepare() {
        creator = people.addCreator(CREATOR);
        people.addKey(
                people.addPerson(CREATOR, CREATOR, Role.CREATOR, creator, null).personId(), CREATOR, "test");
        UUID brand = jdbi.withHandle(handle -> handle.createQuery("select id from brand where name = 'test'")
                .mapTo(UUID.class)
                .one());
        campaign = campaigns.addCampaign(brand, "seeds", start, end);
        offer = UUID.randomUUID();
        jdbi.useHandle(handle -> handle.execute("""
                insert into offer (id, marketplace, item_id, item_key, title, price_fen, coupon_fen, created_at)
                values (?, 'TAOBAO', 'seeds', 'seeds', '种子', 10000, 1500, now())
                """, offer));
        add("XIAOHONGSHU", "NOTE", "TOKEN", "BROWSER", false, 120, 0);
        add("WECHAT", "CHAT", "LINK", "WECHAT", false, 250, 0);
        add("WECHAT", "GROUP", "LINK", "WECHAT", true, 1_500, 0.38);
        add("QQ", "GROUP", "LINK", "QQ", false, 150, 0);
        add("WEIBO", "NOTE", "LINK", "WEIBO", true, 150, 0.55);
        add("WEIBO", "NOTE", "TOKEN", "BROWSER", false, 100, 0);
        add("DOUYIN", "VIDEO", "LINK", "DOUYIN", true, 150, 0.25);
        add("DOUYIN", "VIDEO", "TOKEN", "BROWSER", false, 80, 0);
        add("TOUTIAO", "NOTE", "LINK", "TOUTIAO", true, 100, 0.5);
        add("WECOM", "CHAT", "LINK", "WECOM", true, 40, 0.45);
        add("WECOM", "GROUP", "LINK", "WECOM", true, 0, 0);
    }

    private void add(
            String platform, String scene, String medium, String hostApp, boolean lands, int visitsADay, double opens) {
        var code = "SEEDS" + "23456789ABCDEFGHJKLMNPQRSTUVWXYZ".charAt(channels.size()) + "XX";
        long id = jdbi.withHandle(handle -> handle.createQuery("""
                        insert into placement (code, creator_id, offer_id, campaign_id, platform, scene, medium, destination,
                            earns, created_at)
                        values (:code, :creator, :offer, :campaign, :platform, :scene, :medium,
                            'https://item.taobao.com/item.htm?id=1', true, :at) returning id
                        """)
                .bind("code", code)
                .bind("creator", creator)
                .bind("offer", offer)
                .bind("campaign", campaign)
                .bind("platform", platform)
                .bind("scene", scene)
                .bind("medium", medium)
                .bind("at", start.atOffset(ZoneOffset.UTC))
                .mapTo(Long.class)
                .one());
        channels.add(new Channel(id, code, platform, scene, medium, hostApp, lands, visitsADay, opens));
        truths.put(code, new Truth());
    }

    public Channel channel(String platform, String scene, String medium) {
        return channels.stream()
                .filter(c -> c.platform().equals(platform)
                        && c.scene().equals(scene)
                        && c.medium().equals(medium))
                .findFirst()
                .orElseThrow();
    }

    public Truth truth(String platform, String scene, String medium) {
        return truths.get(channel(platform, scene, medium).code());
    }

    private void visits(Channel channel) {
        for (var visit = 0; visit < channel.visitsADay() * DAYS; visit++) {
            var second = dice.nextLong(DAYS * 86_400L);
            visit(channel, start.plusSeconds(second).plusMillis(dice.nextInt(1_000)), UUID.randomUUID());
        }
    }

    private void visit(Channel channel, Instant at, UUID visitor) {
        var truth = truths.get(channel.code());
        var os = dice.nextInt(10) < 7 ? "ANDROID" : "IOS";
        var onTheWay = true;
        truth.people++;
        truth.peopleBefore += BusinessTime.dayOf(at).isBefore(dayOfChange) ? 1 : 0;
        truth.peopleAfter += BusinessTime.dayOf(at).isAfter(dayOfChange) ? 1 : 0;
        if (!channel.medium().equals("LINK")) {
            truth.pastes++;
            touches.add(touch(channel, TouchFixture.idAt(at), at, Touch.Kind.PASTE, null, os, visitor, null));
        } else {
            truth.clicks++;
            var click = TouchFixture.idAt(at);
            var outcome = channel.lands() ? Touch.Outcome.LANDING : Touch.Outcome.REDIRECT;
            touches.add(touch(channel, click, at, Touch.Kind.CLICK, outcome, os, visitor, null));
            if (channel.lands()) {
                truth.landings++;
                touches.add(act(channel, click, at.plusSeconds(1), Touch.Kind.LANDING, os, visitor));
                var closed = channel.scene().equals("GROUP") && os.equals("ANDROID") && !at.isBefore(changedAt);
                onTheWay = dice.nextDouble() < (closed ? 0.02 : channel.opens());
                if (onTheWay) {
                    truth.opens++;
                    touches.add(act(channel, click, at.plusSeconds(20), Touch.Kind.OPEN, os, visitor));
                }
            }
        }
        if (onTheWay && dice.nextInt(100) < 6) {
            order(channel, at.plusSeconds(30), Duration.ofMinutes(1 + dice.nextInt(300)));
        }
    }

    private static Touch act(Channel channel, UUID click, Instant at, Touch.Kind kind, String os, UUID visitor) {
        return touch(channel, Touch.derivedId(click, kind), at, kind, null, os, visitor, click);
    }

    private static Touch touch(
            Channel channel,
            UUID id,
            Instant at,
            Touch.Kind kind,
            Touch.Outcome outcome,
            String os,
            UUID visitor,
            UUID click) {
        return new Touch(
                id,
                at,
                channel.placement(),
                kind,
                outcome,
                outcome == null ? null : "item.taobao.com",
                null,
                channel.hostApp(),
                8,
                os,
                null,
                visitor,
                TouchFixture.BROWSER,
                click,
                null);
    }

    private void order(Channel channel, Instant clickedAt, Duration delay) {
        var truth = truths.get(channel.code());
        var paid = 5_000L + dice.nextInt(10_000);
        truth.orders++;
        truth.gmvFen += paid;
        truth.ordersBefore += BusinessTime.dayOf(clickedAt).isBefore(dayOfChange) ? 1 : 0;
        truth.ordersAfter += BusinessTime.dayOf(clickedAt).isAfter(dayOfChange) ? 1 : 0;
        orders.add(new Order(
                channel.placement(),
                channel.medium(),
                clickedAt,
                clickedAt.plus(delay),
                paid,
                dice.nextInt(3) == 0 ? "SETTLED" : "PAID"));
    }

    /** What a brand should be told of. */
    private void oddities() {
        var noon = start.plus(Duration.ofDays(2)).plus(Duration.ofHours(12));
        for (var i = 0; i < 12; i++) {
            order(channel("DOUYIN", "VIDEO", "LINK"), noon.plusSeconds(i * 600L), Duration.ofSeconds(4));
        }
        for (var i = 0; i < 400; i++) {
            visit(channel("TOUTIAO", "NOTE", "LINK"), noon.plusSeconds(i * 8L), UUID.randomUUID());
        }
        for (var i = 0; i < 5; i++) {
            order(channel("WECOM", "GROUP", "LINK"), noon.plusSeconds(i * 600L), Duration.ofMinutes(30));
        }
        // A reader shares, and two friends come.
        var group = channel("WECHAT", "GROUP", "LINK");
        var truth = truths.get(group.code());
        var reader = TouchFixture.idAt(noon);
        var visitor = UUID.randomUUID();
        touches.add(touch(group, reader, noon, Touch.Kind.CLICK, Touch.Outcome.LANDING, "IOS", visitor, null));
        touches.add(act(group, reader, noon.plusSeconds(1), Touch.Kind.LANDING, "IOS", visitor));
        touches.add(act(group, reader, noon.plusSeconds(9), Touch.Kind.SHARE, "IOS", visitor));
        for (var friend = 0; friend < 2; friend++) {
            var at = noon.plusSeconds(60 + friend);
            touches.add(touch(
                    group,
                    TouchFixture.idAt(at),
                    at,
                    Touch.Kind.CLICK,
                    Touch.Outcome.LANDING,
                    "IOS",
                    UUID.randomUUID(),
                    reader));
        }
        truth.clicks += 3;
        truth.landings += 1;
        truth.people += 3;
        truth.peopleBefore += 3;
    }

    private void store() {
        jdbi.useTransaction(handle -> {
            var account = UUID.randomUUID();
            handle.execute(
                    "insert into marketplace_account values (?, 'TAOBAO', ?, now())", account, "seeds " + account);
            var lines = handle.prepareBatch("""
                    insert into order_line (id, marketplace, account_id, line_key, order_no, parent_no, quantity, status,
                        paid_fen, estimated_fen, settled_fen, clicked_at, created_at, first_observed_at, changed_at)
                    values (:id, 'TAOBAO', :account, :key, :key, :key, 1, :status, :paid, :estimated, :settled, :clicked,
                        :created, :created, :created)
                    """);
            var attributions = handle.prepareBatch("""
                    insert into attribution (order_line_id, version, current, confidence, placement_id, creator_id, medium,
                        rule_version, evidence, decided_at)
                    values (:id, 1, true, 'EXACT', :placement, :creator, :medium, 1, '{}', now())
                    """);
            var commissions = handle.prepareBatch("""
                    insert into commission (order_line_id, creator_id, placement_id, rule_version, estimated_fen, settled_fen,
                        amount_fen, gross_fen, fee_fen, fee_assumed, platform_fen, month, inputs, calculated_at)
                    values (:id, :creator, :placement, 1, :estimated, :settled, :amount, :amount, 0, true, 0, '2026-01-01', '{}', now())
                    """);
            for (var order : orders) {
                var id = UuidCreator.getTimeOrderedEpoch();
                var settled = order.status().equals("SETTLED");
                lines.bind("id", id)
                        .bind("account", account)
                        .bind("key", id.toString())
                        .bind("status", order.status())
                        .bind("paid", order.paidFen())
                        .bind("estimated", order.paidFen() / 10)
                        .bind("settled", settled ? order.paidFen() / 10 : null)
                        .bind("clicked", order.clickedAt().atOffset(ZoneOffset.UTC))
                        .bind("created", order.createdAt().atOffset(ZoneOffset.UTC))
                        .add();
                attributions
                        .bind("id", id)
                        .bind("placement", order.placement())
                        .bind("creator", creator)
                        .bind("medium", order.medium())
                        .add();
                commissions
                        .bind("id", id)
                        .bind("creator", creator)
                        .bind("placement", order.placement())
                        .bind("estimated", order.paidFen() * 7 / 100)
                        .bind("settled", settled ? order.paidFen() * 7 / 100 : 0)
                        .bind("amount", order.paidFen() * 7 / 100)
                        .add();
            }
            lines.execute();
            attributions.execute();
            commissions.execute();
        });
    }
}
