package dev.zhida;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** What a fan sees, copies and opens in a real browser, on the packaged application, and the touches that are left. */
class BrowserIT {

    private static final String IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
            + "(KHTML, like Gecko) Mobile/15E148 ";
    private static final String ANDROID = "Mozilla/5.0 (Linux; Android 12; XXX-AL00 Build/XXX; wv) AppleWebKit/537.36 "
            + "(KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 ";

    private static final Map<String, String> AGENTS = Map.ofEntries(
            Map.entry(
                    "WeChat Android",
                    ANDROID + "XWEB/1160117 MMWEBSDK/20240404 MMWEBID/1 MicroMessenger/8.0.49.2600(0x28003133) "
                            + "WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64"),
            Map.entry(
                    "WeChat Harmony",
                    "Mozilla/5.0 (Phone; OpenHarmony 6.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 "
                            + "Safari/537.36 ArkWeb/6.0.0.1 Mobile MicroMessenger/8.0.10.1(0xf3100a01) Weixin NetType/WIFI"),
            Map.entry("WeCom iOS", IPHONE + "wxwork/4.1.39 MicroMessenger/7.0.1 Language/zh ColorScheme/Light"),
            Map.entry(
                    "QQ iOS", IPHONE + "QQ/9.0.17.638 V1_IPH_SQ_9.0.17_1_APP_A Pixel/1242 Core/WKWebView NetType/WIFI"),
            Map.entry(
                    "QQ Android",
                    ANDROID + "MQQBrowser/6.2 TBS/044113 V1_AND_SQ_7.7.0_882_YYB_D PA QQ/7.7.0.3640 NetType/4G"),
            Map.entry("Weibo Android", ANDROID + "Weibo (Brand-Model__weibo__9.9.3__android__android9)"),
            Map.entry(
                    "Douyin iOS",
                    IPHONE + "aweme_31.9.0 Region/CN NetType/WIFI JsSdk/2.0 ByteLocale/zh aweme/31.9.0 "
                            + "BytedanceWebview/d8a21c6"),
            Map.entry("Kuaishou", IPHONE + "Kwai/12.9.10.8962 NetType/WIFI Yoda/3.0.3.1 WebViewType/WK"),
            Map.entry(
                    "Alipay", ANDROID + "NebulaSDK/1.8.100112 Nebula AliApp(AP/10.3.0.8000) AlipayClient/10.3.0.8000"),
            Map.entry("Taobao", ANDROID + "AliApp(TB/10.14.0) TTID/600000@taobao_android_10.14.0 WindVane/8.7.2"),
            Map.entry("JD", "jdapp;iPhone;11.0.4;14.3;network/wifi;" + IPHONE + "supportJDSHWK/1"),
            Map.entry("PDD", ANDROID + "phh_android_version/7.29.0 phh_android_build/0 phh_android_channel/hw"),
            Map.entry("Safari", IPHONE + "Version/18.5 Safari/604.1"));

    @TempDir
    static Path folder;

    private static PackagedApp app;
    private static PretendedInternet internet;
    private static File driver;

    private final ObjectMapper json = new ObjectMapper();
    private ChromeDriver browser;

    @BeforeAll
    static void start() throws Exception {
        var chromium = program("chromium");
        driver = program("chromedriver");
        assumeTrue(
                chromium != null && driver != null,
                "no browser tests: they need Chromium and ChromeDriver (Debian: chromium, chromium-driver)");
        internet = new PretendedInternet(folder);
        app = new PackagedApp(folder, "-Dquarkus.profile=demo");
        app.start();
    }

    private static File program(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(path -> Path.of(path, name))
                .filter(Files::isExecutable)
                .map(Path::toFile)
                .findFirst()
                .orElse(null);
    }

    @AfterAll
    static void stop() throws Exception {
        if (app != null) {
            app.close();
            internet.close();
        }
    }

    @AfterEach
    void quit() {
        if (browser != null) {
            browser.quit();
        }
    }

    private void open(String path, String agent) {
        var options = new ChromeOptions();
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--ignore-certificate-errors",
                "--window-size=390,844",
                // Nothing but the application is reached.
                "--host-resolver-rules=MAP * 127.0.0.1:" + internet.port() + " , EXCLUDE 127.0.0.1",
                "--user-agent=" + agent);
        var service = new ChromeDriverService.Builder()
                .usingDriverExecutable(driver)
                .usingAnyFreePort()
                .build();
        browser = new ChromeDriver(service, options);
        browser.manage().timeouts().pageLoadTimeout(Duration.ofSeconds(20));
        browser.get(app.url() + path);
    }

    private void await(java.util.function.BooleanSupplier condition) {
        new WebDriverWait(browser, Duration.ofSeconds(10)).until(any -> condition.getAsBoolean());
    }

    private WebElement element(String id) {
        return browser.findElement(By.id(id));
    }

    private JsonNode call(String path, Object body) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(app.url() + path))
                    .header("Authorization", "Bearer demo-creator")
                    .header("Content-Type", "application/json");
            if (body != null) {
                request.POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)));
            }
            return json.readTree(http.send(request.build(), HttpResponse.BodyHandlers.ofString())
                    .body());
        }
    }

    private JsonNode post(String platform, String scene, String medium) throws Exception {
        return call(
                        "/api/v1/link-kits",
                        Map.of(
                                "product",
                                "https://item.taobao.com/item.htm?id=690000000001",
                                "channels",
                                List.of(Map.of(
                                        "platform",
                                        platform,
                                        "scene",
                                        scene,
                                        "label",
                                        Long.toString(System.nanoTime()))),
                                "media",
                                List.of(medium)))
                .get("placements")
                .get(0);
    }

    private List<JsonNode> touches(String code) throws Exception {
        return StreamSupport.stream(
                        call("/api/v1/placements/" + code + "/touches", null)
                                .get("items")
                                .spliterator(),
                        false)
                .toList();
    }

    private List<String> kinds(String code) {
        try {
            return touches(code).stream()
                    .map(touch -> touch.get("kind").asText())
                    .toList();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "WeChat Harmony, WECHAT, CHAT, WECHAT, HARMONY",
        "QQ iOS, QQ, GROUP, QQ, IOS",
        "QQ Android, QQ, CHAT, QQ, ANDROID",
        "Weibo Android, WEIBO, NOTE, WEIBO, ANDROID",
        "Douyin iOS, DOUYIN, VIDEO, DOUYIN, IOS",
        "Alipay, WEB, PROFILE, ALIPAY, ANDROID",
        "Taobao, WEB, PROFILE, TAOBAO, ANDROID",
        "JD, WEB, PROFILE, JD, IOS",
        "PDD, WEB, PROFILE, PDD, ANDROID",
        "Safari, WECHAT, GROUP, BROWSER, IOS"
    })
    void a_link_opens_the_marketplace(String agent, String platform, String scene, String hostApp, String os)
            throws Exception {
        var code = post(platform, scene, "LINK").get("code").asText();
        open("/r/" + code, AGENTS.get(agent));
        assertThat(browser.getCurrentUrl()).startsWith("https://uland.taobao.com/coupon/edetail?itemId=690000000001");
        assertThat(touches(code)).singleElement().satisfies(touch -> {
            assertThat(touch.get("outcome").asText()).isEqualTo("REDIRECT");
            assertThat(touch.get("hostApp").asText()).isEqualTo(hostApp);
            assertThat(touch.get("os").asText()).isEqualTo(os);
            assertThat(touch.get("human").asBoolean()).isTrue();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "WeChat Android, WECHAT, GROUP, WECHAT, 在浏览器打开",
        "WeCom iOS, WECOM, CHAT, WECOM, 在浏览器打开",
        "Douyin iOS, DOUYIN, LIVE, DOUYIN, 直播间里打不开商品",
        "Kuaishou, KUAISHOU, VIDEO, KUAISHOU, 如果打不开商品"
    })
    void where_links_do_not_open_a_page_says_what_to_do_and_what_the_fan_does_is_known(
            String agent, String platform, String scene, String hostApp, String words) throws Exception {
        var placement = post(platform, scene, "LINK");
        var code = placement.get("code").asText();
        open("/r/" + code, AGENTS.get(agent));
        assertThat(element("how").getText()).contains(words);
        assertThat(browser.findElement(By.tagName("h1")).getText()).isEqualTo("羊毛双面呢大衣");
        assertThat(browser.findElement(By.className("price")).getText()).isEqualTo("¥179.00");
        assertThat(browser.findElement(By.tagName("body")).getText())
                .contains("demo-creator 分享")
                .doesNotContain(placement.get("token").asText());
        await(() -> kinds(code).contains("LANDING"));
        assertThat(kinds(code))
                .as("nothing is copied or opened by itself")
                .containsExactlyInAnyOrder("LANDING", "CLICK");

        element("copy").click();
        await(() -> element("said").getText().startsWith("已复制"));
        browser.findElement(By.tagName("summary")).click();
        element("text").sendKeys(Keys.chord(Keys.CONTROL, "v"));
        assertThat(element("text").getDomProperty("value"))
                .isEqualTo(placement.get("url").asText());

        var open = browser.findElements(By.id("open-web")).stream().findFirst().orElse(element("open"));
        assertThat(open.getDomAttribute("href")).startsWith("https://uland.taobao.com/");
        open.click();
        await(() -> browser.getCurrentUrl().startsWith("https://uland.taobao.com/"));
        await(() -> kinds(code).size() == 4);
        assertThat(touches(code)).allSatisfy(touch -> {
            assertThat(touch.get("hostApp").asText()).isEqualTo(hostApp);
            assertThat(touch.get("human").asBoolean()).isTrue();
        });
        assertThat(kinds(code)).containsExactlyInAnyOrder("CLICK", "LANDING", "COPY", "OPEN");
    }

    @Test
    void a_shared_page_brings_a_friend_back_and_the_way_is_known() throws Exception {
        var code = post("WECHAT", "GROUP", "LINK").get("code").asText();
        open("/r/" + code, AGENTS.get("WeChat Android"));
        // What the host app's own share button sends on is the address of the page.
        assertThat(browser.getCurrentUrl()).matches(".*/r/" + code + "\\?v=[0-9A-Za-z_-]{44}");
        element("share").click();
        await(() -> kinds(code).contains("SHARE"));
        var shared = browser.getCurrentUrl();
        browser.quit();
        open(shared.substring(app.url().length()), AGENTS.get("Safari"));
        assertThat(kinds(code)).containsExactlyInAnyOrder("CLICK", "LANDING", "SHARE", "CLICK");
    }

    @Test
    void a_fan_pastes_a_sloppy_copy_of_a_token_and_is_led_on() throws Exception {
        var placement = post("XIAOHONGSHU", "NOTE", "TOKEN");
        var code = placement.get("code").asText();
        var token = new StringBuilder(placement.get("token").asText());
        token.setCharAt(4, token.charAt(4) == 'A' ? 'B' : 'A');
        open("/paste", AGENTS.get("Safari"));
        element("text").sendKeys("这件太好看了 " + token + " 快去");
        browser.findElement(By.cssSelector("#paste button")).click();
        await(() -> element("paste-said").getText().equals("口令有小错，已经修好。"));
        assertThat(touches(code))
                .singleElement()
                .satisfies(touch -> assertThat(touch.get("kind").asText()).isEqualTo("PASTE"));
        element("go").click();
        await(() -> browser.getCurrentUrl().startsWith("https://uland.taobao.com/"));
    }

    @Test
    void a_text_without_a_token_is_told_so() {
        open("/paste", AGENTS.get("Safari"));
        element("text").sendKeys("今天天气不错");
        browser.findElement(By.cssSelector("#paste button")).click();
        await(() -> element("paste-said").getText().contains("没有找到直达口令"));
    }

    @Test
    void on_a_desktop_the_page_shows_a_code_to_scan() throws Exception {
        var code = post("XIAOHONGSHU", "NOTE", "LINK").get("code").asText();
        open(
                "/r/" + code,
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) xhsdiscover/8.1");
        assertThat(browser.findElement(By.cssSelector(".qr svg")).getSize().getWidth())
                .isGreaterThan(100);
    }

    @Test
    void the_page_asks_nobody_else_for_anything_and_its_policy_lets_it_work() throws Exception {
        var code = post("WECHAT", "GROUP", "LINK").get("code").asText();
        open("/r/" + code, AGENTS.get("WeChat Android"));
        await(() -> kinds(code).contains("LANDING"));
        @SuppressWarnings("unchecked")
        var asked = (List<String>)
                browser.executeScript("return performance.getEntriesByType('resource').map(e => e.name)");
        assertThat(asked).allMatch(url -> url.startsWith(app.url() + "/"));
        assertThat(browser.manage().logs().get("browser").getAll())
                .noneMatch(entry -> entry.getMessage().contains("Content Security Policy"));
    }
}
