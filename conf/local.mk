# SPDX-License-Identifier: GPL-3.0-or-later
# The sample goes beside Janus's own configuration, the examples to the documentation.
dist_janusconf_DATA = %D%/janus.plugin.therapy.jcfg.sample
nobase_dist_examples_DATA = \
	%D%/grafana-tiers.json \
	%D%/janus.jcfg.in \
	%D%/janus.transport.websockets.jcfg.in \
	%D%/janus.service.d/therapy.conf \
	%D%/nginx.conf.example \
	%D%/nginx/headers.conf \
	%D%/nginx/http.conf \
	%D%/nginx/therapy.conf
EXTRA_DIST += %D%/nginx/dev.conf.in
# Consent texts: samples, to be copied, reviewed and then named in the configuration.
nobase_dist_examples_DATA += $(shell cd '$(srcdir)' && find conf/consent conf/consent-recording -type f | sort)
