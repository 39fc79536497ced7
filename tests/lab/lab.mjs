// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Hosts for tests: a server and any number of others, each a network namespace of its own. Each of the
 * others has its own link (link.mjs) to a router in front of the server, and can reach nobody else.
 * No address, port or route of the machine is touched; the names are unique to the run, and all of it
 * is gone when the lab is closed or the program ends.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { atExit } from './cleanup.mjs';
import { Link } from './link.mjs';
import { run, start } from './processes.mjs';

/** Private to the namespaces. The server is .1, the router has none, the others follow. */
const NETWORK = '10.77.0';
const SERVER_ADDRESS = `${NETWORK}.1`;
/** What comes from a host is looked up here, where nothing but the server can be found. */
const TO_SERVER_TABLE = 100;
const FIRST_HOST = 10;
const HOSTS_MAX = 200;
const PREFIX = 'thp';
/** TCP as phones, desktops and most servers have it, whatever this machine is set to. */
const DEFAULT_ROUTE = 'route add default dev eth0 congctl cubic';

/** Why a lab cannot be made on this machine, or undefined if it can. */
export function whyNoLab() {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  if (!existsSync('/dev/net/tun')) return 'no /dev/net/tun';
  try {
    run(['ip', 'netns', 'list']);
  } catch {
    return 'no ip command (package iproute2)';
  }
  return undefined;
}

/** @param {string} netns */
function deleteNamespace(netns) {
  if (!existsSync(`/run/netns/${netns}`)) return;
  for (const pid of run(['ip', 'netns', 'pids', netns]).split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch { /* it has ended in the meantime */ }
  }
  run(['ip', 'netns', 'delete', netns]);
}

/** Removes what a run left behind that was killed: its process id, part of the names, is no more. */
function sweep() {
  for (const netns of existsSync('/run/netns') ? readdirSync('/run/netns') : []) {
    const [, pid] = netns.match(new RegExp(`^${PREFIX}-(\\d+)-`)) ?? [];
    if (pid && !existsSync(`/proc/${pid}`)) deleteNamespace(netns);
  }
}

/** One namespace: commands can be run inside it. */
export class Host {
  /** @param {string} name @param {string} netns @param {string} address */
  constructor(name, netns, address) {
    this.name = name;
    this.netns = netns;
    this.address = address;
    run(['ip', 'netns', 'add', netns]);
    this.remove = atExit(() => deleteNamespace(netns));
    run(this.command('sysctl', '-q', '-w', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1',
      'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0'));
    this.ip('link set lo up');
  }

  /** The command that runs the given one in this host. @param {...string} command */
  command(...command) {
    return ['ip', 'netns', 'exec', this.netns, ...command];
  }

  /** @param {string[]} command @param {Parameters<typeof start>[1]} [options] */
  start(command, options) {
    return start(this.command(...command), options);
  }

  /** @param {string[]} command */
  run(command) {
    return run(this.command(...command));
  }

  /** @param {...string} commands for ip(8) */
  ip(...commands) {
    run(['ip', '-n', this.netns, '-batch', '-'], { input: commands.map((line) => `${line}\n`).join('') });
  }
}

/** A host with a link to the server. */
export class LinkedHost extends Host {
  /** @type {Link} */ link = /** @type {any} */ (undefined);
  /** @type {Lab} */ #lab;
  #ifname;

  /** @param {Lab} lab @param {string} name @param {string} netns @param {number} number */
  constructor(lab, name, netns, number) {
    super(name, netns, `${NETWORK}.${number}`);
    this.#lab = lab;
    this.#ifname = `h${number}`;
  }

  /** The other end of its link, at the router: what is sent to it is seen there before the link has it. */
  get farEnd() {
    return this.#ifname;
  }

  async connect() {
    this.link = await Link.open({ netns: this.netns, ifname: 'eth0' }, { netns: this.#lab.router.netns, ifname: this.#ifname });
    this.#lab.router.ip(`link set ${this.#ifname} txqueuelen 2000 up`,
      `rule add iif ${this.#ifname} lookup ${TO_SERVER_TABLE}`);
    this.ip('link set eth0 txqueuelen 2000 up');
    this.#takeAddress();
  }

  #takeAddress() {
    this.#lab.router.ip(`route add ${this.address} dev ${this.#ifname}`);
    this.ip(`addr add ${this.address}/32 dev eth0`, DEFAULT_ROUTE);
  }

  /** What happens when somebody walks out of the Wi-Fi: the old address is gone, a new one works. */
  async changeNetwork() {
    const old = this.address;
    this.address = this.#lab.nextAddress();
    this.ip(`addr del ${old}/32 dev eth0`);
    this.#lab.router.ip(`route del ${old} dev ${this.#ifname}`);
    this.#takeAddress();
  }

  async close() {
    await this.link.close();
    this.remove();
  }
}

export class Lab {
  #id = `${PREFIX}-${process.pid}-${randomBytes(3).toString('hex')}`;
  #next = FIRST_HOST;
  /** @type {LinkedHost[]} */ hosts = [];

  constructor() {
    this.server = new Host('server', `${this.#id}-server`, SERVER_ADDRESS);
    this.router = new Host('router', `${this.#id}-router`, '');
    this.router.run(['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.send_redirects=0']);
    this.server.ip(`link add eth0 type veth peer name eth0 netns ${this.router.netns}`, 'link set eth0 up',
      `addr add ${SERVER_ADDRESS}/32 dev eth0`, DEFAULT_ROUTE);
    this.router.ip('link set eth0 up', `route add ${SERVER_ADDRESS} dev eth0`,
      `route add ${SERVER_ADDRESS} dev eth0 table ${TO_SERVER_TABLE}`,
      `route add blackhole default table ${TO_SERVER_TABLE}`);
    // The server looks for every host on its one interface; the router answers for them.
    this.router.run(['sysctl', '-q', '-w', 'net.ipv4.conf.eth0.proxy_arp=1']);
  }

  /** @param {string} name @param {import('./link.mjs').Faults} [faults] of its link, both ways */
  async host(name, faults = {}) {
    const host = new LinkedHost(this, name, `${this.#id}-${name}`, this.#takeNumber());
    this.hosts.push(host);
    await host.connect();
    if (Object.keys(faults).length > 0) await host.link.set(faults);
    return host;
  }

  #takeNumber() {
    if (this.#next >= FIRST_HOST + HOSTS_MAX) throw new Error('lab: too many hosts');
    return this.#next++;
  }

  nextAddress() {
    return `${NETWORK}.${this.#takeNumber()}`;
  }

  async close() {
    for (const host of this.hosts.splice(0)) await host.close();
    this.router.remove();
    this.server.remove();
  }
}

export async function openLab() {
  const reason = whyNoLab();
  if (reason) throw new Error(`lab: ${reason}`);
  sweep();
  return new Lab();
}
