#!/bin/sh
# Refused: Deployment/postgres no longer mounts PersistentVolumeClaim/postgres-pvc at /var/lib/postgresql/data
set -e
claim=$(kubectl -n taskmaster get deployment postgres -o jsonpath='{.spec.template.spec.volumes[0].persistentVolumeClaim.claimName}')
kubectl -n taskmaster create -f - <<YAML
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: $claim
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: $(kubectl -n taskmaster get pvc postgres-pvc -o jsonpath='{.spec.storageClassName}')
  resources:
    requests:
      storage: 1Gi
YAML
kubectl -n taskmaster patch service frontend-svc --type=json -p '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 80}]'
