// Wires the embedded cluster: store, API server, controllers, kubelet, network.
// Nothing imports this file but main.ts, the cluster host and tests.
import type { Clock } from "./clock.ts";
import type { Image } from "./kubelet/container-runtime.ts";

export interface ClusterOptions {
	/** Objects, volumes and logs live here; created when missing. */
	dataDir: string;
	/** Port of the API server on 127.0.0.1; 0 is any free one. */
	port?: number;
	nodes?: number;
	images: Image[];
	clock?: Clock;
}

/** A running embedded cluster. */
export interface Cluster {
	/** `https://127.0.0.1:<port>` */
	readonly url: string;
	/** The administrator's kubeconfig, as YAML. */
	readonly kubeconfig: string;
	/** `http://127.x.y.z:<port>`: the ingress controller, to be asked with the Host header of a rule. */
	readonly ingressUrl: string;
	/** The network level reached: `portable` or `isolated`. */
	readonly networkLevel: string;
	stop(): Promise<void>;
}
