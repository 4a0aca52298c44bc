package dev.zhida.demo;

import dev.zhida.campaign.Bonus;
import dev.zhida.campaign.Campaigns;
import dev.zhida.campaign.ItemPictures;
import dev.zhida.campaign.Offers;
import dev.zhida.identity.Caller;
import dev.zhida.identity.People;
import dev.zhida.identity.Role;
import dev.zhida.intake.OrderReports;
import dev.zhida.link.LinkKits;
import dev.zhida.link.Placement;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import dev.zhida.slot.Slots;
import dev.zhida.touch.TouchInbox;
import io.quarkus.logging.Log;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.enterprise.event.Observes;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jdbi.v3.core.Jdbi;

/** Loads the demo world: people, a pool of PIDs, link kits, clicks through the edge, orders. */
@ApplicationScoped
public class DemoData {

    private static final int PIDS = 12_000;
    private static final int CLICKS_PER_LINK = 25;

    private static final List<String> TITLES = List.of("羊毛双面呢大衣", "复古高腰牛仔裤", "真丝印花衬衫", "小羊皮乐福鞋");

    /** What the demo shows of marketplaces beside Taobao. */
    private record Elsewhere(Marketplace marketplace, String pid, String itemId, String title) {}

    private static final List<Elsewhere> ELSEWHERE = List.of(
            new Elsewhere(Marketplace.JD, "1000200300_4100000001_3003000001", "100012345678", "轻薄羽绒服"),
            new Elsewhere(Marketplace.PDD, "12345678_98765432", "c9X2abcDEF_demo", "加绒打底裤"),
            new Elsewhere(Marketplace.DOUYIN, "dy_5000001_1_1", "3600000000000000001", "羊绒围巾"));

    private static final List<Placement.Place> PLACES = Stream.of(
                    place(Platform.WECHAT, Scene.GROUP, "粉丝群 1"),
                    place(Platform.WECHAT, Scene.CHAT, ""),
                    place(Platform.XIAOHONGSHU, Scene.NOTE, "秋装笔记"),
                    place(Platform.WEIBO, Scene.NOTE, ""),
                    place(Platform.QQ, Scene.GROUP, "老客群"),
                    place(Platform.DOUYIN, Scene.VIDEO, ""))
            .flatMap(place ->
                    Stream.of(place, new Placement.Place(place.platform(), place.scene(), Medium.TOKEN, place.label())))
            .toList();

    private static final List<String> AGENTS = List.of(
            "Mozilla/5.0 (Linux; Android 12; XXX-AL00 Build/XXX; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
                    + "Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MMWEBSDK/20240404 MicroMessenger/8.0.49.2600 Weixin",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 14_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                    + "Mobile/15E148 QQ/9.0.17.638 V1_IPH_SQ_9.0.17_1_APP_A Core/WKWebView NetType/WIFI",
            "Mozilla/5.0 (Linux; Android 9; XXX) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Mobile Safari/537.36 "
                    + "Weibo (Brand-Model__weibo__9.9.3__android__android9)",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                    + "Mobile/15E148 aweme_31.9.0 NetType/WIFI aweme/31.9.0 BytedanceWebview/d8a21c6");

    private final boolean wanted;
    private final int port;
    private final People people;
    private final Campaigns campaigns;
    private final Offers offers;
    private final ItemPictures pictures;
    private final Slots slots;
    private final LinkKits kits;
    private final OrderReports reports;
    private final DemoMarketplace marketplace;
    private final TouchInbox inbox;
    private final Jdbi jdbi;
    private final Clock clock;
    private volatile boolean loaded;
    private volatile boolean stopping;

    DemoData(
            @ConfigProperty(name = "zhida.demo") boolean wanted,
            @ConfigProperty(name = "quarkus.http.port") int port,
            People people,
            Campaigns campaigns,
            Offers offers,
            ItemPictures pictures,
            Slots slots,
            LinkKits kits,
            OrderReports reports,
            DemoMarketplace marketplace,
            TouchInbox inbox,
            Jdbi jdbi,
            Clock clock) {
        this.wanted = wanted;
        this.port = port;
        this.people = people;
        this.campaigns = campaigns;
        this.offers = offers;
        this.pictures = pictures;
        this.slots = slots;
        this.kits = kits;
        this.reports = reports;
        this.marketplace = marketplace;
        this.inbox = inbox;
        this.jdbi = jdbi;
        this.clock = clock;
    }

    private static Placement.Place place(Platform platform, Scene scene, String label) {
        return new Placement.Place(platform, scene, Medium.LINK, label);
    }

    /** Whether the data is there, or none is wanted. */
    boolean ready() {
        return !wanted || loaded;
    }

    void start(@Observes StartupEvent event) {
        if (wanted) {
            // Beside the start: the clicks need the server that is being started.
            Thread.ofPlatform().daemon().name("demo-data").start(this::load);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
    }

    @ActivateRequestContext
    void load() {
        try {
            QuarkusTransaction.requiringNew().run(this::addPeople);
            QuarkusTransaction.requiringNew().timeout(120).run(this::addPool);
            var posted = addKits();
            addClicks(posted);
            addOrders(posted);
            if (marketplace.isThere()) {
                addTrade(posted);
            }
            inbox.awaitTaken();
            loaded = true;
            announce();
        } catch (IOException | RuntimeException e) {
            if (!stopping) {
                Log.error("the demo data could not be loaded; start again to go on", e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void announce() {
        var text = new StringBuilder("\n\n  Zhida 直达 is ready: http://localhost:" + port + "/\n\n"
                + "  User name, password and API key are the same word:\n");
        DemoAccounts.ALL.forEach(account -> text.append("    %-16s %s%n".formatted(account.name(), account.what())));
        Log.info(text);
    }

    private void addPeople() {
        if (people.personOf("demo-operator").isPresent()) {
            return;
        }
        var brand = campaigns.addBrand("示例女装");
        var now = clock.instant();
        var campaign = campaigns.addCampaign(
                brand,
                new Campaigns.Terms(
                        "秋冬上新",
                        now.minus(Duration.ofDays(30)),
                        now.plus(Duration.ofDays(330)),
                        Money.ofYuan("5000"),
                        new Bonus.Terms(Bonus.Kind.PERCENT, null, Rate.of("0.02"))),
                null);
        for (var account : DemoAccounts.ALL) {
            var creator = account.role() == Role.CREATOR ? people.addCreator(account.name()) : null;
            var person = people.addPerson(
                    account.name(),
                    account.name(),
                    account.role(),
                    creator,
                    account.role() == Role.BRAND ? brand : null);
            people.addKey(person.personId(), account.name(), "demo");
            if (creator != null) {
                campaigns.invite(campaign, creator);
            }
        }
    }

    private void addPool() {
        if (count("select count(*) from marketplace_account") == 0) {
            var account = slots.addAccount(Marketplace.TAOBAO, "demo");
            slots.addTaobaoPids(
                    account,
                    IntStream.range(0, PIDS)
                            .mapToObj(i -> "mm_100200300_%d_%d".formatted(2_000_000 + i / 200, 110_000_000_000L + i))
                            .toList());
        }
    }

    /** The same places give the same placements, so a kit is made only where a creator has none of that offer. */
    private List<LinkKits.Posted> addKits() throws IOException {
        var posted = new ArrayList<LinkKits.Posted>();
        var campaign = jdbi.withHandle(handle -> handle.createQuery("select id from campaign where name = '秋冬上新'")
                .mapTo(UUID.class)
                .one());
        for (var name : List.of("demo-creator", "demo-creator-2")) {
            var creator = people.personOf(name).map(Caller::creatorId).orElseThrow();
            var made = kits.list(creator, null, TITLES.size());
            for (var i = made.size(); i < TITLES.size(); i++) {
                var item = "https://item.taobao.com/item.htm?id=69000000000" + (i + 1);
                var kit = kits.create(new LinkKits.Wish(creator, item, null, PLACES, campaign));
                offers.describe(kit.offer().id(), TITLES.get(i), 19_900L + 10_000L * i, 2_000L, null);
                pictures.store(kit.offer().id(), "https://img.alicdn.com/demo/" + i + ".png", picture(i));
            }
            kits.list(creator, null, TITLES.size()).forEach(kit -> posted.addAll(kit.placements()));
        }
        return posted;
    }

    /** Something to look at: no picture of others is shipped. */
    private static byte[] picture(int number) throws IOException {
        var image = new BufferedImage(800, 800, BufferedImage.TYPE_INT_RGB);
        var canvas = image.createGraphics();
        canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        var hue = number / (float) TITLES.size();
        canvas.setPaint(new GradientPaint(
                0, 0, Color.getHSBColor(hue, 0.16f, 0.97f), 800, 800, Color.getHSBColor(hue + 0.05f, 0.34f, 0.84f)));
        canvas.fillRect(0, 0, 800, 800);
        canvas.setPaint(Color.getHSBColor(hue, 0.55f, 0.62f));
        canvas.fillPolygon(
                new int[] {300, 500, 640, 560, 520, 560, 240, 280, 240, 160},
                new int[] {160, 160, 330, 390, 340, 680, 680, 340, 390, 330},
                10);
        canvas.dispose();
        var png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }

    private void addClicks(List<LinkKits.Posted> posted) throws IOException, InterruptedException {
        if (count("select count(*) from touch") + count("select count(*) from touch_batch") > 0) {
            return;
        }
        try (var http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(2))
                .build()) {
            awaitServer(http);
            var fans = new Random(20210917);
            for (var link : posted) {
                if (link.placement().place().medium() == Medium.LINK) {
                    for (var i = 0; i < CLICKS_PER_LINK; i++) {
                        click(http, link.placement().code(), fans);
                    }
                }
            }
        }
    }

    private void click(HttpClient http, String code, Random fans) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/r/" + code))
                .header("User-Agent", AGENTS.get(fans.nextInt(AGENTS.size())))
                .header("Cookie", "zv=" + new UUID(fans.nextLong(), fans.nextLong()))
                .timeout(Duration.ofSeconds(10))
                .build();
        var status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status != 302 && status != 200) {
            throw new IOException("a click was answered with " + status);
        }
    }

    private void awaitServer(HttpClient http) throws InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/live"))
                .build();
        while (!stopping) {
            try {
                http.send(request, HttpResponse.BodyHandlers.discarding());
                return;
            } catch (IOException e) {
                Log.debug("not up yet", e);
                Thread.sleep(100);
            }
        }
    }

    /** Accounts and links at the other marketplaces, and orders that are pulled from all four. */
    private void addTrade(List<LinkKits.Posted> posted) throws IOException, InterruptedException {
        if (count("select count(*) from marketplace_connection") == DemoMarketplace.MARKETPLACES.size()) {
            return;
        }
        var all = new ArrayList<>(posted);
        for (var i = 0; i < ELSEWHERE.size(); i++) {
            var there = ELSEWHERE.get(i);
            if (slots.accounts().stream().noneMatch(account -> account.marketplace() == there.marketplace())) {
                slots.addAccount(there.marketplace(), "demo", Slots.DEFAULT_SHARED_PERCENT, there.pid());
            }
            for (var name : List.of("demo-creator", "demo-creator-2")) {
                var creator = people.personOf(name).map(Caller::creatorId).orElseThrow();
                var kit = kits.create(
                        new LinkKits.Wish(creator, there.itemId(), there.marketplace(), PLACES.subList(0, 6), null));
                offers.describe(kit.offer().id(), there.title(), 29_900L, 3_000L, null);
                pictures.store(
                        kit.offer().id(), "https://img.alicdn.com/demo/" + there.marketplace() + ".png", picture(i));
                all.addAll(kit.placements());
            }
        }
        marketplace.trade(all);
    }

    /** A report as 阿里妈妈 exports it, read like any other: the second time it changes nothing. */
    private void addOrders(List<LinkKits.Posted> posted) throws IOException {
        if (count("select count(*) from order_line") > 0) {
            return;
        }
        var file = Files.createTempFile("zhida-demo", ".csv");
        try {
            Files.writeString(file, report(posted));
            var operator = people.personOf("demo-operator").orElseThrow();
            reports.read(
                    new OrderReports.Upload(file, "demo-orders.csv", Marketplace.TAOBAO, "demo", clock.instant()),
                    operator);
        } finally {
            Files.delete(file);
        }
    }

    private String report(List<LinkKits.Posted> posted) {
        var time = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(BusinessTime.ZONE);
        var now = clock.instant();
        var text = new StringBuilder(
                "创建时间,点击时间,商品信息,商品ID,商品数,订单状态,付款金额,效果预估,结算金额,预估收入,结算时间," + "补贴金额,订单编号,来源媒体ID,广告位ID\r\n");
        var dice = new Random(618);
        var orderNo = 2_600_000_000_000_000_000L;
        for (var link : posted) {
            for (var i = dice.nextInt(4); i > 0 && link.slot() != null; i--) {
                var pid = link.slot().value().split("_");
                var paid = 9_900 + dice.nextInt(50_000);
                var commission = paid / 12;
                var kind = dice.nextInt(10);
                var settled = kind < 4;
                text.append(String.join(
                                ",",
                                time.format(now),
                                time.format(link.placement().createdAt()),
                                "示例商品",
                                item(link),
                                "1",
                                settled ? "订单结算" : kind < 8 ? "订单付款" : kind < 9 ? "订单成功" : "订单失效",
                                yuan(paid),
                                yuan(commission),
                                settled ? yuan(paid) : "--",
                                settled ? yuan(commission) : "--",
                                settled ? time.format(now) : "--",
                                "0.00",
                                Long.toString(orderNo++),
                                pid[2],
                                pid[3]))
                        .append("\r\n");
            }
        }
        return text.toString();
    }

    private static String item(LinkKits.Posted link) {
        var destination = link.placement().destination();
        var from = destination.indexOf("itemId=") + "itemId=".length();
        return destination.substring(from, destination.indexOf('&', from));
    }

    private static String yuan(long fen) {
        return Money.ofFen(fen).yuan();
    }

    private long count(String sql) {
        return jdbi.withHandle(
                handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }
}
