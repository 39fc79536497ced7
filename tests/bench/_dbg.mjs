import { Scene } from '../e2e/scene.mjs';
import { comeIn, seesReady, sitDown } from '../e2e/scene.mjs';
import { smallCamera } from './_measure.mjs';
const [settle, narrow, after, kbit, loss] = process.argv.slice(2).map(Number);
const before = `(${smallCamera})();` + `
(() => { const W = window.WebSocket; window.heard = []; window.WebSocket = class extends W { constructor(...a){ super(...a); this.addEventListener('message', (e) => { try { const m = JSON.parse(e.data); const d = m.plugindata && m.plugindata.data; if (d && (d.therapy === 'send' || d.therapy === 'tier')) window.heard.push([Date.now(), d]); } catch {} }); } }; })();`;
const scene = await Scene.open({});
const [hb, cb] = await Promise.all([scene.browser('host', 'chromium'), scene.browser('client', process.env.KIND ?? 'chromium')]);
const { therapist, client } = scene.appointment();
const fn = new Function(before);
const client_link = scene.lab.hosts.find((h) => h.name === 'client').link;
await client_link.set({ rateKbps: 2000, queueMs: 300, delayMs: 20 });
const pages = await Promise.all([hb.open(therapist, { before: fn }), cb.open(client, { before: fn })]);
await Promise.all([sitDown(pages[0]), comeIn(pages[1])]);
await seesReady(pages[0]);
await pages[0].click('[data-action="admit"]');
const t0 = Date.now();
const stat = () => pages.map((p) => p.evaluate(async () => { const o = {}; for (const c of window.probe.connections) { if (c.connectionState === 'closed') continue; for (const s of (await c.getStats()).values()) {
 if (s.type==='inbound-rtp'&&s.kind==='audio') { o.s=s.totalSamplesReceived; o.c=s.concealedSamples-(s.silentConcealedSamples||0); o.al=s.packetsLost; o.jb = s.jitterBufferDelay; o.je = s.jitterBufferEmittedCount; }
 if (s.type==='inbound-rtp'&&s.kind==='video') { o.f=s.framesDecoded; o.vb=s.bytesReceived+s.headerBytesReceived; o.h=s.frameHeight; o.vl=s.packetsLost; o.fr=s.freezeCount; }
 if (s.type==='outbound-rtp'&&s.kind==='video') { o.tgt=Math.round((s.targetBitrate||0)/1000); o.ql=s.qualityLimitationReason; o.sb=s.bytesSent; o.fs=s.framesSent; o.act=s.active; }
 if (s.type==='outbound-rtp'&&s.kind==='audio') { o.ap=s.packetsSent; o.ab=s.bytesSent + s.headerBytesSent;  }
 if (s.type==='candidate-pair'&&s.nominated) { o.av=Math.round((s.availableOutgoingBitrate||0)/1000)||o.av; o.rtt=Math.round(1000*(s.currentRoundTripTime||0)); }
 } } return o; }));
let last = null; let phase='wide';
const timer = setInterval(async () => { const at=((Date.now()-t0)/1000).toFixed(1); const [h, c] = await Promise.all(stat()); if (last) { const [lh, lc] = last; 
 console.log(at, phase, `C<- conc ${(100*(c.c-lc.c)/(c.s-lc.s)).toFixed(1)}% lost ${c.al-lc.al} fps ${c.f-lc.f} ${c.h}p vid ${Math.round((c.vb-lc.vb)*8/1000)} jb ${Math.round(1000*(c.jb-lc.jb)/(c.je-lc.je))} rtt ${c.rtt} | H-> tgt ${h.tgt} sent ${Math.round((h.sb-lh.sb)*8/1000)} f ${h.fs-lh.fs} av ${h.av} ${h.ql} a ${h.ap-lh.ap}pps ${Math.round((h.ab-lh.ab)*8/1000)}k || H<- conc ${(100*(h.c-lh.c)/(h.s-lh.s)).toFixed(1)}% fps ${h.f-lh.f} | C-> tgt ${c.tgt} av ${c.av} ${c.ql}`); } last=[h,c]; }, 1000);
const sleep = (s) => new Promise((r) => setTimeout(r, s*1000));
await sleep(settle); await client_link.set({ rateKbps: kbit, queueMs: 300, loss: loss || 0 }); phase='NARROW'; const n=Date.now();
await sleep(narrow); await client_link.set({ rateKbps: 2000, queueMs: 300, loss: 0 }); phase='after';
await sleep(after); clearInterval(timer);
for (const [i, p] of pages.entries()) for (const [at, d] of await p.evaluate(() => window.heard)) console.log(i ? 'CLIENT' : 'HOST', ((at-t0)/1000).toFixed(1), d.therapy, d.tier, d.why, d.therapy === 'send' ? `paused=${d.paused} ${d.encodings.map((e)=>`${e.active?'on':'off'} ${e.height}p${e.fps} ${e.kbps}k`)} audio ${d.audio.kbps}k/${d.audio.ptime}` : `video=${d.video} paused=${d.paused.length}`);
const m = await scene.server.admin({ janus: 'message_plugin', plugin: 'janus.plugin.therapy', request: { request: 'metrics' } });
console.log(JSON.stringify(m.response));
await scene.close();
