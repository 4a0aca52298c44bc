(function () {
  var root = document.documentElement;
  var visit = root.getAttribute('data-visit');
  var link = root.getAttribute('data-link');
  function get(id) { return document.getElementById(id); }
  function say(id, text, no) { var p = get(id); p.textContent = text; p.className = no ? 'said no' : 'said'; }
  function tell(kind) {
    if (!visit) return;
    var to = '/t/' + visit + '/' + kind;
    if (navigator.sendBeacon) { navigator.sendBeacon(to); return; }
    var x = new XMLHttpRequest();
    x.open('POST', to, true);
    x.send();
  }
  function press(id, act) { if (get(id)) get(id).addEventListener('click', act, false); }
  function copy(text, done) {
    function old() {
      var t = document.createElement('textarea');
      t.value = text;
      t.readOnly = true;
      t.style.position = 'fixed';
      t.style.top = '0';
      t.style.opacity = '0';
      document.body.appendChild(t);
      t.select();
      t.setSelectionRange(0, text.length);
      var ok = false;
      try { ok = document.execCommand('copy'); } catch (e) { ok = false; }
      document.body.removeChild(t);
      done(ok);
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(function () { done(true); }, old);
    } else {
      old();
    }
  }

  if (visit) {
    var shared = link + '?v=' + visit;
    // What the host app's own share button sends on then carries the visit too.
    if (history.replaceState) history.replaceState(null, '', location.pathname + '?v=' + visit);
    var shown = function () {
      if (document.visibilityState && document.visibilityState !== 'visible') return;
      document.removeEventListener('visibilitychange', shown, false);
      tell('landing');
    };
    document.addEventListener('visibilitychange', shown, false);
    shown();
    press('open', function () { tell('open'); });
    press('open-web', function () { tell('open'); });
    press('copy', function () {
      copy(link, function (ok) {
        if (ok) tell('copy');
        say('said', ok ? '已复制。到浏览器里粘贴打开。' : '没能复制，请长按下面的链接自己复制：' + link, !ok);
      });
    });
    press('share', function () {
      tell('share');
      if (navigator.share) {
        navigator.share({ title: document.title, url: shared }).then(null, function () {});
      } else {
        copy(shared, function (ok) {
          say('said', ok ? '分享链接已复制，发给朋友吧。' : '没能复制，请长按自己复制：' + shared, !ok);
        });
      }
    });
  }

  function ask(text, code) {
    var x = new XMLHttpRequest();
    x.open('POST', '/api/v1/pastes', true);
    x.setRequestHeader('Content-Type', 'application/json');
    x.onload = function () {
      var answer = {};
      try { answer = JSON.parse(x.responseText); } catch (e) { answer = {}; }
      get('found').innerHTML = '';
      if (x.status === 200) {
        say('paste-said', answer.repaired ? '口令有小错，已经修好。' : '找到了。', false);
        offer(answer.url, '打开商品');
      } else if (x.status === 409) {
        say('paste-said', '这段话里有几个口令，你要打开哪一个？', false);
        (answer.choices || []).forEach(function (choice) {
          offer(null, choice.title || choice.code, function () { ask(text, choice.code); });
        });
      } else {
        say('paste-said', answer.say || '现在有点忙，请稍后再试。', true);
      }
    };
    x.onerror = function () { say('paste-said', '网络不通，请稍后再试。', true); };
    x.send(JSON.stringify(code ? { text: text, code: code } : { text: text }));
  }
  function offer(url, words, act) {
    var a = document.createElement(url ? 'a' : 'button');
    a.className = 'button second';
    a.textContent = words;
    if (url) { a.href = url; a.rel = 'noreferrer'; a.id = 'go'; } else { a.type = 'button'; a.addEventListener('click', act, false); }
    get('found').appendChild(a);
  }
  var form = get('paste');
  form.addEventListener('submit', function (event) {
    event.preventDefault();
    var text = get('text').value;
    if (!text.replace(/\s/g, '')) { say('paste-said', '请先把口令粘贴到框里。', true); return; }
    ask(text);
  }, false);
})();
