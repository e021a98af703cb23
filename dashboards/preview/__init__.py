"""Our own drawing of the boards, for those who have no Grafana at hand: layout, words, colours, figures.

It reads the JSON that Grafana loads and asks a real Prometheus. It is simple and truthful: what it does not understand
it says, and it draws no figure that Prometheus did not give. It is no judge of Grafana's fonts and finer behaviour.
"""
